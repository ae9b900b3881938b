package io.stripeline.testkit;

import io.stripeline.posix.Fcntl;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;

/** Removes trees of any depth, flags and modes that stand in the way included. */
final class DiskRemoval {
    private static final int FIXED = InodeFlags.FS_IMMUTABLE_FL | InodeFlags.FS_APPEND_FL;

    private DiskRemoval() {}

    static void remove(int dirfd, byte[] name) {
        StatxBuffer stat = new StatxBuffer();
        Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, stat);
        int kind = stat.mode() & io.stripeline.inode.FileType.MASK;
        boolean directory = kind == io.stripeline.inode.FileType.DIRECTORY.bits();
        if (directory || kind == io.stripeline.inode.FileType.REGULAR.bits()) {
            free(dirfd, name, directory);
        }
        if (directory) {
            Namespace.rmdirat(dirfd, name);
        } else {
            Namespace.unlinkat(dirfd, name);
        }
    }

    static void removeChildren(int fd) {
        unfix(fd);
        DiskListing.names(fd).forEach(name -> remove(fd, name));
    }

    private static void free(int dirfd, byte[] name, boolean directory) {
        int fd;
        try {
            fd = Posix.openat(dirfd, name, Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK, 0);
        } catch (PosixException denied) {
            if (!directory) {
                return; // a file that we may not read has no flag that we could have set
            }
            int path = Posix.openat(dirfd, name, Fcntl.O_PATH | Fcntl.O_NOFOLLOW, 0);
            Metadata.chmodByPath(path, 0700);
            Posix.close(path);
            fd = Posix.openat(dirfd, name, Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_DIRECTORY, 0);
        }
        try {
            unfix(fd);
            if (directory) {
                Metadata.chmod(fd, 0700);
                removeChildren(fd);
            }
        } finally {
            Posix.close(fd);
        }
    }

    private static void unfix(int fd) {
        int flags = DiskFacts.flags(fd);
        if ((flags & FIXED) != 0) {
            InodeFlags.set(fd, InodeFlags.get(fd) & ~FIXED);
        }
    }
}
