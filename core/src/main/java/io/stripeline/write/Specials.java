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
import io.stripeline.posix.StatxBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes what has no content: symlinks, fifos, sockets, devices, and further names of what was made before. */
final class Specials {
    /** First names of hard-link groups whose inode is remembered; beyond that they are recognised by attributes. */
    private static final int REMEMBERED = 65_536;

    private final TargetDirs dirs;
    private final RestorePlan plan;
    private final Setter setter;
    private final Losses losses;
    private final Map<RawPath, long[]> firsts = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RawPath, long[]> eldest) {
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
    void remember(RawPath first, long[] deviceAndInode) {
        firsts.put(first, deviceAndInode);
    }

    /** Makes a symlink, fifo, socket or device; false where it was left out or refused, which is reported. */
    boolean make(Entry entry, RawPath path) {
        Inode inode = entry.inode();
        boolean device = inode.type() == FileType.CHARACTER_DEVICE || inode.type() == FileType.BLOCK_DEVICE;
        if (device && !plan.devices()) {
            losses.refused(path, "device", "a device is restored only when asked for (--devices)");
            return false;
        }
        TargetDirs.checkName(entry.name(), path);
        try (TargetDirs.Lease parent = dirs.lease(entry.dir());
                NewName name = new NewName(parent.fd(), entry.name(), plan.overwrite())) {
            if (name.staysAsItIs(inode.mtime().seconds(), inode.mtime().nanos())) {
                losses.skipped();
                return false;
            }
            byte[] temporary = name.temporary();
            if (inode.type() == FileType.SYMLINK) {
                name.make(() -> Namespace.symlinkat(entry.attributes().linkTarget(), parent.fd(), temporary));
                setter.byName(parent.fd(), temporary, path, inode, entry.attributes(), -1);
            } else {
                name.make(() -> Namespace.mknodat(
                        parent.fd(), temporary, inode.type().bits() | 0600, device ? inode.rdev() : 0));
                try (Fd node = Fd.openat(parent.fd(), temporary, Fcntl.O_PATH | Fcntl.O_NOFOLLOW, 0)) {
                    setter.byName(parent.fd(), temporary, path, inode, entry.attributes(), node.number());
                }
            }
            if (inode.isHardLinked()) {
                StatxBuffer stat = Setter.stat();
                Posix.statx(parent.fd(), temporary, StatxBuffer.BASIC_STATS, stat);
                remember(path, new long[] {stat.dev(), stat.ino()});
            }
            return committed(name);
        }
    }

    /** Links {@code entry} to the name that this restore made of the same inode. */
    boolean link(Entry entry, RawPath path, RawPath first) {
        TargetDirs.checkName(entry.name(), path);
        byte[] firstName = first.name();
        TargetDirs.checkName(firstName, first);
        try (TargetDirs.Lease parent = dirs.lease(entry.dir());
                Fd firstDir = dirs.openExisting(TargetDirs.dirOf(first.parent().toBytes()));
                NewName name = new NewName(parent.fd(), entry.name(), plan.overwrite())) {
            Inode inode = entry.inode();
            if (plan.overwrite() == RestorePlan.Overwrite.NEVER
                    && name.staysAsItIs(inode.mtime().seconds(), inode.mtime().nanos())) {
                losses.skipped();
                return false;
            }
            StatxBuffer stat = Setter.stat();
            Posix.statx(firstDir.number(), firstName, StatxBuffer.BASIC_STATS, stat);
            long[] expected = firsts.get(first);
            if (expected == null ? !resembles(stat, inode) : stat.dev() != expected[0] || stat.ino() != expected[1]) {
                throw new PosixException("link", Errno.ESTALE, first + " (replaced since it was restored)");
            }
            long device = stat.dev();
            long number = stat.ino();
            name.make(() -> Namespace.linkat(firstDir.number(), firstName, parent.fd(), name.temporary()));
            Posix.statx(parent.fd(), name.temporary(), StatxBuffer.BASIC_STATS, stat);
            if (stat.dev() != device || stat.ino() != number) {
                throw new PosixException("link", Errno.ESTALE, first + " (replaced while it was linked)");
            }
            return name.isSameInode() || committed(name); // else rename(2) would leave both names
        }
    }

    private boolean committed(NewName name) {
        boolean named = name.commit();
        if (!named) {
            losses.skipped();
        }
        return named;
    }

    private static boolean resembles(StatxBuffer stat, Inode inode) {
        Timestamp mtime = inode.mtime();
        return (stat.mode() & FileType.MASK) == inode.type().bits()
                && stat.mtimeSeconds() == mtime.seconds()
                && stat.mtimeNanos() == mtime.nanos()
                && (!inode.isRegular() || stat.sizeBytes() == inode.sizeBytes());
    }
}
