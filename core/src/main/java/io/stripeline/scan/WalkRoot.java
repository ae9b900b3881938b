package io.stripeline.scan;

import io.stripeline.inode.InodeId;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatFs;
import io.stripeline.posix.StatxBuffer;
import java.util.Set;

/**
 * Where no walk may start: on a filesystem that the kernel makes up, and at or below a directory that must not be
 * entered. A walk inside the store that it fills would find new files for ever.
 */
public final class WalkRoot {
    private static final byte[] UP = {'.', '.'};

    private WalkRoot() {}

    /**
     * Checks a directory before anything is made or walked; every walk checks its root itself.
     *
     * @param dirfd the root, open in any way; stays the caller's
     * @param skipped as in {@link ScanSpec#skipped()}
     * @throws RefusedRootException where no walk may start
     * @throws PosixException where the filesystem does not tell what it is
     */
    public static void check(int dirfd, Set<InodeId> skipped) {
        check(dirfd, StatFs.of(dirfd), skipped);
    }

    static void check(int dirfd, StatFs on, Set<InodeId> skipped) {
        if (on.isPseudo()) {
            throw new RefusedRootException("the root of the walk is on a filesystem that the kernel makes up"
                    + " (as proc or sysfs): nothing of it could be restored");
        }
        if (!skipped.isEmpty()) {
            checkUpwards(dirfd, skipped);
        }
    }

    /** By {@code ..} up to where it leads nowhere: names and links on the way do not matter. */
    private static void checkUpwards(int dirfd, Set<InodeId> skipped) {
        StatxBuffer stat = new StatxBuffer();
        int at = dirfd;
        try {
            InodeId id = identity(at, stat);
            while (true) {
                if (skipped.contains(id)) {
                    throw new RefusedRootException(
                            "the root of the walk is at or below a directory that must not be walked, as the store is");
                }
                int above = Posix.openat(at, UP, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
                if (at != dirfd) {
                    Posix.close(at);
                }
                at = above;
                InodeId next = identity(at, stat);
                if (next.equals(id)) {
                    return;
                }
                id = next;
            }
        } catch (PosixException failed) {
            // without permission to search it nobody gets from there to a store that he can write to; a directory that
            // was removed while it was in use has nothing above
            if (failed.errno() != Errno.EACCES && failed.errno() != Errno.ENOENT) {
                throw failed;
            }
        } finally {
            if (at != dirfd) {
                Posix.close(at);
            }
        }
    }

    private static InodeId identity(int fd, StatxBuffer stat) {
        Posix.statx(fd, StatxBuffer.BASIC_STATS, stat);
        return new InodeId(stat.dev(), 0, stat.ino());
    }
}
