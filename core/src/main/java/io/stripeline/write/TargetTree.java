package io.stripeline.write;

import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;

/** Makes directories at once and gives them their attributes at the end. */
final class TargetTree {
    private static final int OWNER_ALL = 0700;

    private final TargetDirs dirs;
    private final DeferredDirs deferred;
    private final RestorePlan plan;
    private final Setter setter;
    private final Losses losses;
    private final long startSeconds;

    /** @param startSeconds when the restore began, on the clock of this host: what was born since is its own */
    TargetTree(
            TargetDirs dirs, DeferredDirs deferred, RestorePlan plan, Setter setter, Losses losses, long startSeconds) {
        this.dirs = dirs;
        this.deferred = deferred;
        this.plan = plan;
        this.setter = setter;
        this.losses = losses;
        this.startSeconds = startSeconds;
    }

    /** Makes the directory of an entry, or prepares the one that is there for entries below it. */
    void make(Entry entry, RawPath path) {
        if (entry.name().length == 0 && entry.dir().parent() == null) {
            enter(entry, path);
            return;
        }
        TargetDirs.checkName(entry.name(), path);
        try (TargetDirs.Lease parent = dirs.lease(entry.dir())) {
            try {
                Namespace.mkdirat(parent.fd(), entry.name(), OWNER_ALL);
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EEXIST) {
                    throw failed;
                }
                enter(entry, path);
                return;
            }
        }
        deferred.add(entry);
    }

    /** A directory that is there is always entered; it keeps its attributes where nothing may be overwritten. */
    private void enter(Entry entry, RawPath path) {
        try (Fd fd = dirs.openExisting(DeferredDirs.self(entry))) {
            StatxBuffer stat = Setter.stat();
            Posix.statx(fd.number(), StatxBuffer.BASIC_STATS | StatxBuffer.BTIME, stat);
            boolean own = (stat.mask() & StatxBuffer.BTIME) != 0
                    ? stat.btimeSeconds() >= startSeconds
                    : (stat.mode() & 07777) == OWNER_ALL && stat.ctimeSeconds() >= startSeconds;
            if (!own && !mayChange(stat, entry)) {
                return;
            }
            if ((stat.mode() & OWNER_ALL) != OWNER_ALL) {
                Metadata.chmodByPath(fd.number(), (stat.mode() & 07777) | OWNER_ALL);
            }
        }
        unprotect(entry, path);
        deferred.add(entry);
    }

    private boolean mayChange(StatxBuffer stat, Entry entry) {
        return switch (plan.overwrite()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case NEWER -> stat.mtimeSeconds() < entry.inode().mtime().seconds();
        };
    }

    /** A directory that an earlier restore made immutable takes no entries before that flag is gone. */
    private void unprotect(Entry entry, RawPath path) {
        int protective = InodeFlags.FS_IMMUTABLE_FL | InodeFlags.FS_APPEND_FL;
        if ((entry.attributes().flags() & protective) == 0) {
            return;
        }
        try (Fd fd = dirs.openForAttributes(DeferredDirs.self(entry))) {
            NewName.clearProtection(fd.number());
        } catch (PosixException failed) {
            losses.attribute(path, "inode flags", failed);
        }
    }

    /** Gives all directories their attributes, deepest first. */
    void finish() {
        deferred.drain(entry -> {
            RawPath path = entry.path();
            try (Fd fd = dirs.openForAttributes(DeferredDirs.self(entry))) {
                if (DeferredDirs.isImplicit(entry)) {
                    Metadata.chmod(fd.number(), entry.inode().permissions());
                } else {
                    setter.open(fd.number(), path, entry.inode(), entry.attributes());
                    setter.flags(fd.number(), path, entry.attributes());
                }
            } catch (PosixException failed) {
                losses.failed(path, failed);
            }
        });
    }

    /** Opens the target, making what is missing of the path to it. */
    static Fd openTarget(int rootFd, RawPath below, boolean openat2) {
        try (Fd root = Fd.openat(rootFd, new byte[] {'.'}, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
                TargetDirs dirs = new TargetDirs(root, openat2, dir -> {});
                TargetDirs.Lease lease = dirs.lease(TargetDirs.dirOf(below.toBytes()))) {
            return Fd.openat(lease.fd(), new byte[] {'.'}, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
        }
    }
}
