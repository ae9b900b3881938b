package io.stripeline.write;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Xattrs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * ACLs as extended attributes (acl(5)). A directory with a default ACL gives what is made in it an ACL, and to a
 * directory a default ACL as well, that the entry never had: these are dropped.
 */
final class Acls {
    private static final byte[] ACCESS = "system.posix_acl_access".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DEFAULT = "system.posix_acl_default".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SYSTEM = "system.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SELF = {'.'};

    /** linux/posix_acl_xattr.h: a version, then entries of tag, permissions and id, little-endian. */
    private static final int HEADER_BYTES = 4;

    private static final int ENTRY_BYTES = 8;
    private static final int PERMISSIONS_AT = 2;
    private static final int GROUP_OBJ = 0x04;

    private Acls() {}

    /** POSIX and NFSv4 ACLs: set after the mode, which would change them. */
    static boolean isAcl(Xattr xattr) {
        byte[] name = xattr.name();
        return name.length > SYSTEM.length && Arrays.equals(name, 0, SYSTEM.length, SYSTEM, 0, SYSTEM.length);
    }

    /** True where what is made in this directory gets an ACL from it. */
    static boolean inherits(int dirfd) {
        return isThere(() -> Xattrs.get(Metadata.procPath(dirfd, SELF), DEFAULT));
    }

    /** Keeps a directory that was just made from handing on what it inherited. */
    static void dropDefault(int dirfd, byte[] name) {
        byte[] path = Metadata.procPath(dirfd, name);
        if (isThere(() -> Xattrs.get(path, DEFAULT))) {
            Xattrs.remove(path, DEFAULT);
        }
    }

    /**
     * The permissions to set before an access ACL: the mode of an inode that has one holds its mask in the place of the
     * group, which the group itself may not have. Setting the ACL brings the mask back; where that fails, the group
     * still has no more than it had.
     */
    static int beforeAccess(int permissions, Attributes attributes) {
        byte[] acl = value(attributes, ACCESS);
        if (acl == null) {
            return permissions;
        }
        int group = 0;
        ByteBuffer entries = ByteBuffer.wrap(acl).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = HEADER_BYTES; at + ENTRY_BYTES <= acl.length; at += ENTRY_BYTES) {
            if (entries.getShort(at) == GROUP_OBJ) {
                group = entries.getShort(at + PERMISSIONS_AT) & 07;
            }
        }
        return permissions & (~070 | group << 3);
    }

    /** Before the mode is set, which would raise the mask of what was inherited. */
    static void dropInherited(int fd, Attributes attributes, boolean directory) {
        if (!has(attributes, ACCESS) && isThere(() -> Xattrs.get(fd, ACCESS))) {
            Metadata.chmod(fd, directory ? TargetDirs.UNFINISHED : 0600); // else the group would get what the mask was
            Xattrs.remove(fd, ACCESS);
        }
        if (directory && !has(attributes, DEFAULT) && isThere(() -> Xattrs.get(fd, DEFAULT))) {
            Xattrs.remove(fd, DEFAULT);
        }
    }

    /** Of what must not be opened, by its O_PATH descriptor. It was made 0600, so its mask gives nothing. */
    static void dropInheritedByPath(int pathFd, Attributes attributes) {
        if (!has(attributes, ACCESS) && isThere(() -> Xattrs.getByPath(pathFd, ACCESS))) {
            Xattrs.removeByPath(pathFd, ACCESS);
        }
    }

    private static boolean has(Attributes attributes, byte[] name) {
        return value(attributes, name) != null;
    }

    private static byte @Nullable [] value(Attributes attributes, byte[] name) {
        for (Xattr xattr : attributes.xattrs()) {
            if (Arrays.equals(xattr.name(), name)) {
                return xattr.value();
            }
        }
        return null;
    }

    private interface Get {
        byte @Nullable [] value();
    }

    private static boolean isThere(Get get) {
        try {
            return get.value() != null;
        } catch (PosixException failed) {
            if (failed.kind() == Errno.Kind.UNSUPPORTED) {
                return false;
            }
            throw failed;
        }
    }
}
