package io.stripeline.write;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.posix.Xattrs;

/**
 * Gives an inode the attributes of an entry, in the order that keeps them: owner; extended attributes while its owner
 * may still write it (a change of owner clears capabilities); mode (a change of owner clears set-user-ID), which gives
 * nobody more than the ACL that follows; project; flags; times. Immutable and append-only come last of all, when the inode has its name.
 *
 * <p>Where the owner cannot be set, set-user-ID and set-group-ID are not set either: a program must not run as somebody
 * it never belonged to. Thread-safe.
 */
final class Setter {
    private static final ThreadLocal<StatxBuffer> STAT = ThreadLocal.withInitial(StatxBuffer::new);
    private static final int SETUID = 04000;
    private static final int SETGID = 02000;

    private final Losses losses;
    private final boolean root = Processes.isRoot();

    Setter(Losses losses) {
        this.losses = losses;
    }

    /** A buffer of this thread, for one call. */
    static StatxBuffer stat() {
        return STAT.get();
    }

    /**
     * NOCOW, which btrfs takes of an empty file only (and drops silently of others). Where it fails, {@link #open} tries
     * again and reports it.
     */
    static void beforeContent(int fd, Attributes attributes) {
        if ((attributes.flags() & InodeFlags.FS_NOCOW_FL) != 0) {
            try {
                InodeFlags.set(fd, InodeFlags.get(fd) | InodeFlags.FS_NOCOW_FL);
            } catch (PosixException failed) {
                return; // reported with the other flags
            }
        }
    }

    /**
     * All but immutable and append-only, of an open file or directory.
     *
     * @param mayInherit it may have got an ACL from its directory that the entry never had
     */
    void open(int fd, RawPath path, Inode inode, Attributes attributes, boolean mayInherit) {
        StatxBuffer now = stat();
        Posix.statx(fd, StatxBuffer.BASIC_STATS, now);
        int permissions = inode.permissions();
        if (now.uid() != inode.uid() || now.gid() != inode.gid()) {
            permissions =
                    owner(path, inode, permissions, now.uid(), now.gid(), (uid, gid) -> Metadata.chown(fd, uid, gid));
        }
        xattrs(path, attributes, false, x -> Xattrs.set(fd, x.name(), x.value()));
        if (mayInherit) {
            Acls.dropInherited(fd, attributes, inode.isDirectory());
        }
        int mode = Acls.beforeAccess(permissions, attributes);
        basic(path, "mode", () -> Metadata.chmod(fd, mode));
        xattrs(path, attributes, true, x -> Xattrs.set(fd, x.name(), x.value()));
        if (attributes.projectId() != 0) {
            try {
                InodeFlags.projectId(fd, attributes.projectId());
            } catch (PosixException failed) {
                losses.attribute(path, "project id", failed);
            }
        }
        flags(fd, path, attributes.flags() & ~InodeProtection.FLAGS);
        Timestamp atime = inode.atime();
        Timestamp mtime = inode.mtime();
        basic(
                path,
                "times",
                () -> Metadata.utimens(fd, atime.seconds(), nanosOf(atime), mtime.seconds(), mtime.nanos()));
    }

    /**
     * All, of an inode that must not be opened: symlink, fifo, socket, device. Its name may be given to another inode
     * meanwhile by whoever owns the directory, so nothing is done by name.
     *
     * @param pathFd an O_PATH | O_NOFOLLOW descriptor of it
     * @param mayInherit as for {@link #open}
     */
    void byPath(int pathFd, RawPath path, Inode inode, Attributes attributes, boolean mayInherit) {
        StatxBuffer now = stat();
        Posix.statx(pathFd, StatxBuffer.BASIC_STATS, now);
        if ((now.mode() & FileType.MASK) != inode.type().bits() || now.nlink() != 1) {
            throw new Refusal("replaced", "what was made was replaced by another process; repeat the restore");
        }
        int permissions = inode.permissions();
        if (now.uid() != inode.uid() || now.gid() != inode.gid()) {
            permissions = owner(
                    path,
                    inode,
                    permissions,
                    now.uid(),
                    now.gid(),
                    (uid, gid) -> Metadata.chownByPath(pathFd, uid, gid));
        }
        xattrs(path, attributes, false, x -> Xattrs.setByPath(pathFd, x.name(), x.value()));
        if (inode.type() != FileType.SYMLINK) {
            if (mayInherit) {
                Acls.dropInheritedByPath(pathFd, attributes);
            }
            int mode = Acls.beforeAccess(permissions, attributes);
            basic(path, "mode", () -> Metadata.chmodByPath(pathFd, mode));
        }
        xattrs(path, attributes, true, x -> Xattrs.setByPath(pathFd, x.name(), x.value()));
        Timestamp atime = inode.atime();
        Timestamp mtime = inode.mtime();
        basic(
                path,
                "times",
                () -> Metadata.utimensByPath(pathFd, atime.seconds(), nanosOf(atime), mtime.seconds(), mtime.nanos()));
    }

    /** Makes it immutable or append-only where the entry is; nothing of the inode can be changed afterwards. */
    void protect(int fd, RawPath path, Attributes attributes) {
        flags(fd, path, attributes.flags() & InodeProtection.FLAGS);
    }

    /** Where it is refused, the entry keeps what it was made with, which is closed to others, and gets its name. */
    private void basic(RawPath path, String what, Runnable call) {
        try {
            call.run();
        } catch (PosixException failed) {
            if (!Losses.isRefused(failed)) {
                throw failed;
            }
            losses.basic(path, what, failed);
        }
    }

    private interface XattrCall {
        void set(Xattr xattr);
    }

    private void xattrs(RawPath path, Attributes attributes, boolean acls, XattrCall call) {
        for (Xattr xattr : attributes.xattrs()) {
            if (Acls.isAcl(xattr) == acls) {
                try {
                    call.set(xattr);
                } catch (PosixException failed) {
                    losses.attribute(path, namespace(xattr), failed);
                }
            }
        }
    }

    /**
     * All at once; where that is refused, one by one, so that one flag does not take the others along. Read back, since
     * filesystems drop some without an error.
     */
    private void flags(int fd, RawPath path, int bits) {
        if (bits == 0) {
            return;
        }
        try {
            int before = InodeFlags.get(fd);
            int taken = set(fd, path, before, bits);
            for (int lost = taken & ~InodeFlags.get(fd); lost != 0; lost &= lost - 1) {
                flag(path, lost, new PosixException("ioctl(FS_IOC_SETFLAGS)", Errno.EOPNOTSUPP, path.toString()));
            }
        } catch (PosixException failed) {
            losses.attribute(path, "inode flags", failed);
        }
    }

    /** Those of {@code bits} that no call failed for; the others are reported. */
    private int set(int fd, RawPath path, int before, int bits) {
        try {
            InodeFlags.set(fd, before | bits);
            return bits;
        } catch (PosixException failed) {
            int taken = 0;
            for (int left = bits; left != 0; left &= left - 1) {
                int bit = Integer.lowestOneBit(left);
                try {
                    InodeFlags.set(fd, before | taken | bit);
                    taken |= bit;
                } catch (PosixException one) {
                    flag(path, bit, one);
                }
            }
            return taken;
        }
    }

    /** Reports the lowest of {@code bits}. */
    private void flag(RawPath path, int bits, PosixException failed) {
        losses.attribute(path, "inode flag 0x" + Integer.toHexString(Integer.lowestOneBit(bits)), failed);
    }

    private interface Chown {
        void set(int uid, int gid);
    }

    /** Sets what can be set and returns the permissions that fit the owner the inode has then. */
    private int owner(RawPath path, Inode inode, int permissions, int uidNow, int gidNow, Chown chown) {
        try {
            chown.set(inode.uid(), inode.gid());
            return permissions;
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EPERM && failed.errno() != Errno.EINVAL) {
                throw failed;
            }
            losses.owner(path, failed);
        }
        int gid = gidNow;
        if (!root && inode.gid() != gidNow) {
            try {
                chown.set(-1, inode.gid()); // an owner may give a file to any group of his
                gid = inode.gid();
            } catch (PosixException denied) {
                gid = gidNow; // reported above, with the user
            }
        }
        return permissions & ~(uidNow == inode.uid() ? 0 : SETUID) & ~(gid == inode.gid() ? 0 : SETGID);
    }

    /** Snapshots hold access times on request only; without one it stays what it is. */
    private static int nanosOf(Timestamp atime) {
        return atime.equals(Timestamp.EPOCH) ? Metadata.UTIME_OMIT : atime.nanos();
    }

    private static String namespace(Xattr xattr) {
        String name = RawPath.printable(xattr.name());
        int dot = name.indexOf('.');
        return "xattr " + (dot < 0 ? name : name.substring(0, dot + 1) + "*");
    }
}
