package io.stripeline.write;

import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.posix.StatxBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Makes what has no content: symlinks, fifos, sockets, devices, and further names of what was made before. */
final class Specials {
    /** First names of hard-link groups whose inode is remembered; beyond that they are recognised by attributes. */
    private static final int REMEMBERED = 65_536;

    private final TargetDirs dirs;
    private final RestorePlan plan;
    private final Setter setter;
    private final Losses losses;
    private final int user = Processes.effectiveUid();
    private final boolean root = Processes.isRoot();
    private final Object unprotecting = new Object();
    private final Map<RawPath, InodeKey> firsts = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RawPath, InodeKey> eldest) {
            return size() > REMEMBERED;
        }
    });

    Specials(TargetDirs dirs, RestorePlan plan, Setter setter, Losses losses) {
        this.dirs = dirs;
        this.plan = plan;
        this.setter = setter;
        this.losses = losses;
    }

    /** Keeps which inode a first name got. */
    void remember(RawPath first, InodeKey key) {
        firsts.put(first, key);
    }

    /** Makes a symlink, fifo, socket or device; false where it was left out, which is counted. */
    boolean make(Entry entry, RawPath path) {
        Inode inode = entry.inode();
        boolean device = isDevice(inode);
        if (isOutOfReach(inode, path)) {
            return false;
        }
        try (TargetDirs.Lease parent = dirs.lease(entry.dir());
                NewName name = dirs.newName(parent, entry, plan.overwrite())) {
            if (name.staysAsItIs(inode.mtime())) {
                losses.skipped();
                return false;
            }
            if (inode.type() == FileType.SYMLINK) {
                name.make(under -> Namespace.symlinkat(entry.attributes().linkTarget(), parent.fd(), under));
            } else {
                name.make(under ->
                        Namespace.mknodat(parent.fd(), under, inode.type().bits() | 0600, device ? inode.rdev() : 0));
            }
            InodeKey key;
            try (Fd node = Fd.openat(parent.fd(), name.temporary(), Fcntl.O_PATH | Fcntl.O_NOFOLLOW, 0)) {
                boolean mayInherit = inode.type() != FileType.SYMLINK && parent.inheritsAcl();
                setter.byPath(node.number(), path, inode, entry.attributes(), mayInherit);
                key = key(node.number());
            }
            name.expect(key);
            boolean named = committed(name);
            if (named && inode.isHardLinked()) {
                remember(path, key);
            }
            return named;
        }
    }

    /** True, and counted, for a device that this user cannot make; refuses one that was not asked for. */
    private boolean isOutOfReach(Inode inode, RawPath path) {
        if (!isDevice(inode)) {
            return false;
        }
        if (!root) {
            losses.device(path);
            return true;
        }
        if (!plan.devices()) {
            throw new Refusal("device", "a device is restored only when asked for (--devices, or devices=yes)");
        }
        return false;
    }

    private static boolean isDevice(Inode inode) {
        return inode.type() == FileType.CHARACTER_DEVICE || inode.type() == FileType.BLOCK_DEVICE;
    }

    /** Links {@code entry} to the name that this restore made of the same inode. */
    boolean link(Entry entry, RawPath path, RawPath first) {
        Inode inode = entry.inode();
        if (isOutOfReach(inode, path)) {
            return false;
        }
        byte[] firstName = first.name();
        TargetDirs.checkName(firstName);
        try (TargetDirs.Lease parent = dirs.lease(entry.dir());
                Fd firstDir = directoryOf(first);
                NewName name = dirs.newName(parent, entry, plan.overwrite())) {
            if (name.staysUnlinked(inode.mtime())) {
                losses.skipped();
                return false;
            }
            InodeKey key = verified(firstDir.number(), first, inode);
            BooleanSupplier step = () -> linkVerified(firstDir.number(), first, key, parent.fd(), name);
            try {
                return step.getAsBoolean();
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EPERM || !inode.isRegular()) {
                    throw failed;
                }
                synchronized (unprotecting) { // an immutable inode takes no further name; one at a time sets it again
                    return InodeProtection.without(firstDir.number(), firstName, failed, step);
                }
            }
        }
    }

    private boolean linkVerified(int fromDirfd, RawPath first, InodeKey key, int dirfd, NewName name) {
        name.make(under -> Namespace.linkat(fromDirfd, first.name(), dirfd, under));
        if (!key(dirfd, name.temporary()).equals(key)) {
            throw replaced(first);
        }
        if (name.isSameInode()) { // rename(2) would leave both names
            name.close();
            return true;
        }
        return committed(name);
    }

    private Fd directoryOf(RawPath first) {
        try {
            return dirs.openExisting(TargetDirs.dirOf(first.parent().toBytes()));
        } catch (PosixException failed) {
            throw missing(first, failed);
        }
    }

    private static RuntimeException missing(RawPath first, PosixException failed) {
        return failed.errno() == Errno.ENOENT
                ? new Refusal("hard link", "its other name " + first + " was not restored; restore both")
                : failed;
    }

    private InodeKey verified(int dirfd, RawPath first, Inode inode) {
        StatxBuffer stat = Setter.stat();
        try {
            Posix.statx(dirfd, first.name(), StatxBuffer.BASIC_STATS, stat);
        } catch (PosixException failed) {
            throw missing(first, failed);
        }
        InodeKey expected = firsts.get(first);
        InodeKey key = InodeKey.of(stat);
        if (expected == null ? !resembles(stat, inode) : !expected.equals(key)) {
            throw replaced(first);
        }
        return key;
    }

    private static Refusal replaced(RawPath first) {
        return new Refusal(
                "hard link",
                "its other name " + first
                        + " is not the file of the snapshot; restore it over that one, or restore this"
                        + " path alone, which makes it a file of its own");
    }

    private boolean committed(NewName name) {
        boolean named = name.commit();
        if (!named) {
            losses.skipped();
        }
        return named;
    }

    private static InodeKey key(int fd) {
        StatxBuffer stat = Setter.stat();
        Posix.statx(fd, StatxBuffer.BASIC_STATS, stat);
        return InodeKey.of(stat);
    }

    private static InodeKey key(int dirfd, byte[] name) {
        StatxBuffer stat = Setter.stat();
        Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, stat);
        return InodeKey.of(stat);
    }

    /**
     * True for what a restore may have made of the inode: of its owner, or this process's own where owners cannot be set,
     * and with no permission that the inode has not. A file of somebody else may have its age and size on purpose.
     */
    private boolean resembles(StatxBuffer stat, Inode inode) {
        Timestamp mtime = inode.mtime();
        boolean owned = stat.uid() == inode.uid() && stat.gid() == inode.gid() || stat.uid() == user;
        boolean link = inode.type() == FileType.SYMLINK; // has no permissions of its own
        return (stat.mode() & FileType.MASK) == inode.type().bits()
                && owned
                && (link || (stat.mode() & 07777 & ~inode.permissions()) == 0)
                && stat.mtimeSeconds() == mtime.seconds()
                && stat.mtimeNanos() == mtime.nanos()
                && (!inode.isRegular() || stat.sizeBytes() == inode.sizeBytes());
    }
}
