package io.stripeline.write;

import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.PosixException;
import java.util.function.BooleanSupplier;

/** Immutable and append-only (ioctl_iflags(2)): what an earlier restore set stands in the way of this one. */
final class InodeProtection {
    static final int FLAGS = InodeFlags.FS_IMMUTABLE_FL | InodeFlags.FS_APPEND_FL;

    private static final int OPEN = Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY;

    private InodeProtection() {}

    /** Clears both flags; true where there was one to clear. */
    static boolean clear(int fd) {
        int flags = InodeFlags.get(fd);
        if ((flags & FLAGS) == 0) {
            return false;
        }
        InodeFlags.set(fd, flags & ~FLAGS);
        return true;
    }

    /** The same for a name; false where it cannot be opened or cleared: the caller reports what did not work before. */
    static boolean clear(int dirfd, byte[] name) {
        try (Fd old = Fd.openat(dirfd, name, OPEN, 0)) {
            return clear(old.number());
        } catch (PosixException failed) {
            return false;
        }
    }

    /**
     * Makes a call that failed once more while the flags of {@code name} are off, and sets them again.
     *
     * @param failed thrown where there are no such flags
     */
    static boolean without(int dirfd, byte[] name, PosixException failed, BooleanSupplier call) {
        try (Fd fd = openProtected(dirfd, name, failed)) {
            int flags = InodeFlags.get(fd.number());
            InodeFlags.set(fd.number(), flags & ~FLAGS);
            try {
                return call.getAsBoolean();
            } finally {
                InodeFlags.set(fd.number(), flags);
            }
        }
    }

    private static Fd openProtected(int dirfd, byte[] name, PosixException failed) {
        Fd fd = null;
        boolean found = false;
        try {
            fd = Fd.openat(dirfd, name, OPEN, 0);
            found = (InodeFlags.get(fd.number()) & FLAGS) != 0;
        } catch (PosixException other) {
            failed.addSuppressed(other);
        }
        if (fd == null || !found) {
            if (fd != null) {
                fd.close();
            }
            throw failed;
        }
        return fd;
    }
}
