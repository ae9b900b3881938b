package io.stripeline.write;

import io.stripeline.inode.Attributes;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Gives an inode the attributes of an entry, in the order that keeps them: owner, mode (a change of owner clears
 * set-user-ID), extended attributes (ACLs after the mode they refine), project, times last; flags when the inode has its
 * name, since an immutable one cannot be renamed.
 *
 * <p>Where the owner cannot be set, set-user-ID and set-group-ID are not set either: a program must not run as somebody
 * it never belonged to. Thread-safe.
 */
final class Setter {
    private static final ThreadLocal<StatxBuffer> STAT = ThreadLocal.withInitial(StatxBuffer::new);
    private static final byte[] ACCESS_ACL = "system.posix_acl_access".getBytes(StandardCharsets.US_ASCII);
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

    /** All but flags, of an open file or directory. */
    void open(int fd, RawPath path, Inode inode, Attributes attributes) {
        StatxBuffer now = stat();
        Posix.statx(fd, StatxBuffer.BASIC_STATS, now);
        int permissions = inode.permissions();
        if (now.uid() != inode.uid() || now.gid() != inode.gid()) {
            permissions =
                    owner(path, inode, permissions, now.uid(), now.gid(), (uid, gid) -> Metadata.chown(fd, uid, gid));
        }
        Metadata.chmod(fd, permissions);
        dropInheritedAcl(fd, attributes);
        for (Xattr xattr : attributes.xattrs()) {
            try {
                Xattrs.set(fd, xattr.name(), xattr.value());
            } catch (PosixException failed) {
                losses.attribute(path, namespace(xattr), failed);
            }
        }
        if (attributes.projectId() != 0) {
            try {
                InodeFlags.projectId(fd, attributes.projectId());
            } catch (PosixException failed) {
                losses.attribute(path, "project id", failed);
            }
        }
        Timestamp atime = inode.atime();
        Metadata.utimens(
                fd,
                atime.seconds(),
                nanosOf(atime),
                inode.mtime().seconds(),
                inode.mtime().nanos());
    }

    /** All, of an inode that must not be opened: symlink, fifo, socket, device. */
    void byName(int dirfd, byte[] name, RawPath path, Inode inode, Attributes attributes, int pathFd) {
        StatxBuffer now = stat();
        Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, now);
        int permissions = inode.permissions();
        if (now.uid() != inode.uid() || now.gid() != inode.gid()) {
            permissions = owner(
                    path,
                    inode,
                    permissions,
                    now.uid(),
                    now.gid(),
                    (uid, gid) -> Metadata.chown(dirfd, name, uid, gid));
        }
        if (pathFd >= 0) {
            Metadata.chmodByPath(pathFd, permissions);
        }
        byte[] proc = Metadata.procPath(dirfd, name);
        for (Xattr xattr : attributes.xattrs()) {
            try {
                Xattrs.set(proc, xattr.name(), xattr.value());
            } catch (PosixException failed) {
                losses.attribute(path, namespace(xattr), failed);
            }
        }
        Timestamp atime = inode.atime();
        Metadata.utimens(
                dirfd,
                name,
                atime.seconds(),
                nanosOf(atime),
                inode.mtime().seconds(),
                inode.mtime().nanos());
    }

    /** Flags, append-only and immutable among them; nothing of the inode can be changed afterwards. */
    void flags(int fd, RawPath path, Attributes attributes) {
        if (attributes.flags() == 0) {
            return;
        }
        try {
            InodeFlags.set(fd, InodeFlags.get(fd) | attributes.flags());
        } catch (PosixException failed) {
            losses.attribute(path, "inode flags", failed);
        }
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

    /** A directory with a default ACL gives its files an ACL that the entry never had. */
    private static void dropInheritedAcl(int fd, Attributes attributes) {
        if (attributes.xattrs().stream().noneMatch(x -> Arrays.equals(x.name(), ACCESS_ACL)) && hasAccessAcl(fd)) {
            Xattrs.remove(fd, ACCESS_ACL);
        }
    }

    private static boolean hasAccessAcl(int fd) {
        try {
            return Xattrs.get(fd, ACCESS_ACL) != null;
        } catch (PosixException failed) {
            if (failed.kind() == Errno.Kind.UNSUPPORTED) {
                return false;
            }
            throw failed;
        }
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
