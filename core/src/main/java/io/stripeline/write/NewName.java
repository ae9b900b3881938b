package io.stripeline.write;

import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One entry on its way to its name: made under a temporary name in the same directory, renamed when it is whole.
 *
 * <p>The temporary name depends on the real one only, so that a restore that runs again takes the place of what an
 * interrupted one left. Closing without {@link #commit} removes the temporary.
 */
final class NewName implements AutoCloseable {
    private final int dirfd;
    private final byte[] name;
    private final byte[] temporary;
    private final RestorePlan.Overwrite overwrite;
    private boolean made;

    NewName(int dirfd, byte[] name, RestorePlan.Overwrite overwrite) {
        this.dirfd = dirfd;
        this.name = name;
        this.overwrite = overwrite;
        long hash = 0xCBF29CE484222325L; // FNV-1a: the name's own length may leave no room for it
        for (byte b : name) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        temporary = (".stripeline-" + Long.toHexString(hash) + ".part").getBytes(StandardCharsets.US_ASCII);
    }

    byte[] temporary() {
        return temporary;
    }

    /** Runs a call that makes the temporary name; takes the place of one that an interrupted restore left. */
    void make(Runnable call) {
        try {
            call.run();
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EEXIST) {
                throw failed;
            }
            Namespace.unlinkat(dirfd, temporary);
            call.run();
        }
        made = true;
    }

    /** Makes and opens a regular file. */
    Fd makeFile() {
        Fd[] out = new Fd[1];
        make(() -> out[0] =
                Fd.openat(dirfd, temporary, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOFOLLOW, 0600));
        return out[0];
    }

    /** True where the rules say that what is there stays. */
    boolean staysAsItIs(long mtimeSeconds, int mtimeNanos) {
        if (overwrite == RestorePlan.Overwrite.ALWAYS) {
            return false;
        }
        StatxBuffer now = Setter.stat();
        try {
            Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, now);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.ENOENT) {
                return false;
            }
            throw failed;
        }
        int byTime = Long.compare(now.mtimeSeconds(), mtimeSeconds);
        return overwrite == RestorePlan.Overwrite.NEVER || byTime > 0 || byTime == 0 && now.mtimeNanos() >= mtimeNanos;
    }

    /**
     * Gives it the real name.
     *
     * @return false where a name came into being meanwhile that the rules leave as it is
     */
    boolean commit() {
        if (overwrite == RestorePlan.Overwrite.NEVER) {
            try {
                Namespace.renameNew(dirfd, temporary, dirfd, name);
                made = false;
                return true;
            } catch (PosixException failed) {
                if (failed.errno() == Errno.EEXIST) {
                    return false;
                }
                if (failed.errno() != Errno.EINVAL && failed.errno() != Errno.ENOSYS) {
                    throw failed;
                }
            }
        }
        try {
            Namespace.renameat(dirfd, temporary, dirfd, name);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EPERM || !unprotect()) {
                throw failed;
            }
            Namespace.renameat(dirfd, temporary, dirfd, name);
        }
        made = false;
        return true;
    }

    /** An immutable or append-only file of an earlier restore cannot be replaced before its flags are gone. */
    private boolean unprotect() {
        try (Fd old =
                Fd.openat(dirfd, name, Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY, 0)) {
            return clearProtection(old.number());
        } catch (PosixException failed) {
            return false; // the caller reports the rename's own error
        }
    }

    /** Clears immutable and append-only; true where there was one to clear. */
    static boolean clearProtection(int fd) {
        int flags = InodeFlags.get(fd);
        int open = flags & ~(InodeFlags.FS_IMMUTABLE_FL | InodeFlags.FS_APPEND_FL);
        if (open == flags) {
            return false;
        }
        InodeFlags.set(fd, open);
        return true;
    }

    /** True where both names are one inode already: rename(2) would leave both. */
    boolean isSameInode() {
        StatxBuffer stat = Setter.stat();
        Posix.statx(dirfd, temporary, StatxBuffer.BASIC_STATS, stat);
        long device = stat.dev();
        long inode = stat.ino();
        try {
            Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, stat);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.ENOENT) {
                return false;
            }
            throw failed;
        }
        return stat.dev() == device && stat.ino() == inode;
    }

    @Override
    public void close() {
        if (made) {
            made = false;
            Namespace.unlinkat(dirfd, temporary);
        }
    }

    @Override
    public String toString() {
        return io.stripeline.inode.RawPath.printable(name);
    }
}
