package io.stripeline.write;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Makes directories at once and gives them their attributes at the end. */
final class TargetTree {
    private static final int OWNER_ALL = 0700;
    private static final byte[] SELF = {'.'};

    private final TargetDirs dirs;
    private final DeferredDirs deferred;
    private final RestorePlan plan;
    private final Setter setter;
    private final Losses losses;

    TargetTree(TargetDirs dirs, DeferredDirs deferred, RestorePlan plan, Setter setter, Losses losses) {
        this.dirs = dirs;
        this.deferred = deferred;
        this.plan = plan;
        this.setter = setter;
        this.losses = losses;
    }

    /** Makes the directory of an entry, or prepares the one that is there for entries below it. */
    void make(Entry entry, RawPath path) {
        if (entry.name().length == 0 && entry.dir().parent() == null) {
            enter(entry, path);
            return;
        }
        try (TargetDirs.Lease parent = dirs.lease(entry.dir())) {
            try {
                Namespace.mkdirat(parent.fd(), entry.name(), TargetDirs.UNFINISHED);
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EEXIST) {
                    throw failed;
                }
                enter(entry, path);
                return;
            }
            if (parent.inheritsAcl()) {
                Acls.dropDefault(parent.fd(), entry.name());
            }
        }
        deferred.add(entry);
    }

    /** A directory that is there is always entered; it keeps its attributes where nothing may be overwritten. */
    private void enter(Entry entry, RawPath path) {
        try (Fd fd = dirs.openExisting(DeferredDirs.self(entry))) {
            StatxBuffer stat = Setter.stat();
            Posix.statx(fd.number(), StatxBuffer.BASIC_STATS, stat);
            int mode = stat.mode() & 07777;
            if (!TargetDirs.isUnfinished(mode) && (plan.isAbove(path) || !mayChange(stat, entry))) {
                return;
            }
            if ((mode & OWNER_ALL) != OWNER_ALL) {
                open(fd.number(), mode, path);
            }
        }
        unprotect(entry, path);
        deferred.add(entry);
    }

    /** Lets its owner make entries in it, which root may do anyway. */
    private void open(int pathFd, int mode, RawPath path) {
        try {
            Metadata.chmodByPath(pathFd, mode | OWNER_ALL);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EPERM) {
                throw failed;
            }
            losses.attribute(path, "mode", failed); // somebody else's; each entry tells whether it can be made
        }
    }

    private boolean mayChange(StatxBuffer stat, Entry entry) {
        return switch (plan.overwrite()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case NEWER -> age(stat, entry) < 0;
            case OLDER -> age(stat, entry) > 0;
        };
    }

    /** Below zero where what is there is older than the entry, by the nanosecond as for files. */
    private static int age(StatxBuffer stat, Entry entry) {
        Timestamp mtime = entry.inode().mtime();
        int bySeconds = Long.compare(stat.mtimeSeconds(), mtime.seconds());
        return bySeconds != 0 ? bySeconds : Integer.compare(stat.mtimeNanos(), mtime.nanos());
    }

    /** A directory that an earlier restore made immutable takes no entries before that flag is gone. */
    private void unprotect(Entry entry, RawPath path) {
        try (Fd fd = dirs.openForAttributes(DeferredDirs.self(entry))) {
            InodeProtection.clear(fd.number());
        } catch (PosixException failed) {
            if ((entry.attributes().flags() & InodeProtection.FLAGS) != 0) { // else there is hardly one to clear
                losses.attribute(path, "inode flags", failed);
            }
        }
    }

    /**
     * Gives all directories their attributes, deepest first.
     *
     * @param implicit permissions of those that no entry came for
     * @param goOn asked before each; what is left is left where it says no
     */
    void finish(int implicit, BooleanSupplier goOn) {
        try {
            deferred.drain((entry, own) -> {
                if (!goOn.getAsBoolean()) {
                    throw new CancellationException("The restore was cancelled");
                }
                attributes(entry, own, implicit);
            });
        } catch (CancellationException cancelled) {
            return; // by whoever would be told
        }
    }

    private void attributes(Entry entry, boolean own, int implicit) {
        RawPath path = entry.path();
        try (Fd fd = dirs.openForAttributes(DeferredDirs.self(entry))) {
            if (own) {
                setter.open(fd.number(), path, entry.inode(), entry.attributes(), true);
                setter.protect(fd.number(), path, entry.attributes());
            } else {
                Metadata.chmod(fd.number(), implicit);
            }
        } catch (PosixException failed) {
            losses.failed(path, failed);
        }
    }

    /**
     * Opens the target, making what is missing of the path to it.
     *
     * @param permissions of what is made on the way
     * @param onMade run where the target itself was made
     */
    static Fd openTarget(int rootFd, RawPath below, boolean openat2, int permissions, Runnable onMade) {
        Dir last = TargetDirs.dirOf(below.toBytes());
        List<Dir> made = new ArrayList<>();
        try (Fd root = Fd.openat(rootFd, SELF, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
                TargetDirs dirs = new TargetDirs(root, openat2, new Temporaries(), made::add);
                TargetDirs.Lease lease = dirs.lease(last)) {
            Fd target = Fd.openat(lease.fd(), SELF, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
            try {
                for (Dir dir : made) {
                    if (dir.depth() == last.depth()) {
                        onMade.run();
                    } else {
                        try (Fd fd = dirs.openForAttributes(dir)) {
                            Metadata.chmod(fd.number(), permissions);
                        }
                    }
                }
            } catch (RuntimeException failed) {
                target.close();
                throw failed;
            }
            return target;
        }
    }
}
