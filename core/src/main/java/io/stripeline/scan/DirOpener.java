package io.stripeline.scan;

import static io.stripeline.posix.Fcntl.O_DIRECTORY;
import static io.stripeline.posix.Fcntl.O_NOATIME;
import static io.stripeline.posix.Fcntl.O_NOFOLLOW;
import static io.stripeline.posix.Fcntl.O_NONBLOCK;

import io.stripeline.inode.Dir;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Posix;
import io.stripeline.posix.Processes;
import java.util.ArrayList;
import java.util.List;

/** Opens directories for one worker of a walk, without following a symlink in any component. Of one thread. */
final class DirOpener {
    private static final int OPEN_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK;
    private static final int TRIES = 50;

    private final Walk walk;
    private final NameMemory name = new NameMemory();
    private final boolean root = Processes.isRoot();

    DirOpener(Walk walk) {
        this.walk = walk;
    }

    /** Opens a directory in another; {@code -errno} where it fails. Waits a little where descriptors have run out. */
    int openat(int dirfd, byte[] component) {
        long address = name.put(component);
        int flags = OPEN_FLAGS | (root ? O_NOATIME : 0);
        int fd = Posix.tryOpenat(dirfd, address, flags, 0);
        if (fd == -Errno.EPERM && root) {
            fd = Posix.tryOpenat(dirfd, address, OPEN_FLAGS, 0); // root of a user namespace is not the owner
        }
        if (fd == -Errno.ESTALE) {
            fd = Posix.tryOpenat(dirfd, address, OPEN_FLAGS, 0);
        }
        for (int i = 0; i < TRIES && (fd == -Errno.EMFILE || fd == -Errno.ENFILE) && !walk.cancelled; i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            fd = Posix.tryOpenat(dirfd, address, OPEN_FLAGS, 0);
        }
        return fd;
    }

    /** Opens a directory from the root, one component after the other: paths may be longer than the kernel takes. */
    int byPath(Dir dir) {
        List<byte[]> components = new ArrayList<>();
        for (Dir d = dir; d.parent() != null; d = d.parent()) {
            components.add(d.name());
        }
        int fd = walk.root();
        for (int i = components.size() - 1; i >= 0; i--) {
            int next = openat(fd, components.get(i));
            if (fd != walk.root()) {
                Posix.close(fd);
            }
            if (next < 0) {
                return next;
            }
            fd = next;
        }
        return fd;
    }
}
