package io.stripeline.fs.posix;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.read.PartialAttributesException;
import io.stripeline.read.XattrRoom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The extended attributes of one inode. The kernel allows 64 KiB a value (XATTR_SIZE_MAX of xattr(7)) and hands out a
 * list of 64 KiB of names (XATTR_LIST_MAX), so up to hundreds of megabytes an inode; {@link AttributeRoom#MOST_BYTES} of
 * values are kept, ACLs and capabilities before all others.
 *
 * @param xattrs sorted by name
 * @param kind kind of what is missing, for example {@code extended attributes: E2BIG}
 * @param missing what is missing of them and of what else the inode has, empty for nothing
 */
record XattrSet(List<Xattr> xattrs, String kind, String missing) {
    static final XattrSet NONE = new XattrSet(List.of(), "", "");

    private static final String TOO_MANY = "extended attributes: E2BIG";

    /** Beyond this no more is said of what is missing of one inode. */
    private static final int MOST_TEXT = 1000;

    /** What says who may do what: asked for by name where names cannot be listed. */
    private static final List<byte[]> FIRST = List.of(
            name("system.posix_acl_access"),
            name("system.posix_acl_default"),
            name("system.nfs4_acl"),
            name("security.capability"),
            name("security.selinux"));

    private static byte[] name(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The values of all these names, as far as there is room. */
    static XattrSet of(List<byte[]> names, Function<byte[], byte @Nullable []> value, XattrRoom room) {
        List<byte[]> ordered = new ArrayList<>(names);
        ordered.sort(XattrSet::byImportance);
        List<Xattr> kept = new ArrayList<>(names.size());
        long bytes = 0;
        long weight = 0;
        int left = 0;
        byte[] firstLeft = null;
        XattrSet refused = NONE;
        for (byte[] name : ordered) {
            byte[] one;
            try {
                one = value.apply(name);
            } catch (PosixException failed) {
                if (isRefusal(name, failed)) {
                    refused = refused.without("extended attribute " + RawPath.printable(name), failed);
                }
                continue;
            }
            if (one == null) {
                continue; // removed since it was listed
            }
            if (bytes + one.length > AttributeRoom.MOST_BYTES) {
                left++;
                firstLeft = firstLeft == null ? name : firstLeft;
                continue;
            }
            bytes += one.length;
            Xattr xattr = new Xattr(name, one);
            weight += xattr.weightBytes();
            if (weight > AttributeRoom.LIGHT_BYTES) {
                room.ask(); // with one value of at most 64 KiB more in hand
            }
            kept.add(xattr);
        }
        if (firstLeft == null) {
            return new XattrSet(sorted(kept), refused.kind, refused.missing);
        }
        return new XattrSet(
                        sorted(kept),
                        TOO_MANY,
                        left + " of its " + names.size() + " extended attributes are not in this backup ("
                                + RawPath.printable(firstLeft) + " is the first): together they have more than "
                                + (AttributeRoom.MOST_BYTES >> 20) + " MiB")
                .and(refused);
    }

    /** The same where {@code what} of the inode was refused to us. */
    XattrSet without(String what, PosixException failed) {
        return and(new XattrSet(
                List.of(),
                (what.startsWith("extended") ? "extended attributes: " : what + ": ") + failed.errnoName(),
                "its " + what + " could not be read (" + failed.operation() + ": " + failed.errnoName() + " ("
                        + Errno.text(failed.errno()) + ")), which the next backup tries again"));
    }

    /** The same with what that one misses. */
    private XattrSet and(XattrSet other) {
        if (missing.isEmpty() || other.missing.isEmpty()) {
            return new XattrSet(xattrs, kind + other.kind, missing + other.missing);
        }
        return missing.length() > MOST_TEXT ? this : new XattrSet(xattrs, kind, missing + "; " + other.missing);
    }

    /** Of an inode whose names are more than the kernel hands out. */
    static XattrSet unlisted(Function<byte[], byte @Nullable []> value, XattrRoom room) {
        Function<byte[], byte @Nullable []> any = name -> {
            try {
                return value.apply(name);
            } catch (PosixException failed) {
                if (failed.kind() == Errno.Kind.UNSUPPORTED) {
                    return null; // not of a kind that this filesystem has
                }
                throw failed;
            }
        };
        XattrSet first = of(FIRST, any, room);
        return new XattrSet(
                        first.xattrs,
                        TOO_MANY,
                        "its extended attributes are not in this backup, but for ACLs and capabilities: their names have more"
                                + " than 64 KiB, which the kernel does not list")
                .and(first);
    }

    private static int byImportance(byte[] a, byte[] b) {
        int first = Boolean.compare(isFirst(b), isFirst(a));
        return first != 0 ? first : Arrays.compareUnsigned(a, b);
    }

    private static boolean isFirst(byte[] name) {
        return name[0] == 's' && FIRST.stream().anyMatch(one -> Arrays.equals(one, name));
    }

    private static List<Xattr> sorted(List<Xattr> xattrs) {
        xattrs.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
        return xattrs;
    }

    /**
     * True where a value was there and was refused; false for a name of a kind that only lists itself.
     *
     * @throws PosixException where it says that the inode cannot be read
     */
    private static boolean isRefusal(byte[] name, PosixException failed) {
        return switch (failed.errno()) {
            case Errno.EOPNOTSUPP -> isFirst(name);
            case Errno.EINVAL, Errno.ENOSYS, Errno.ENOTTY -> true;
            default -> throw failed;
        };
    }

    boolean isEmpty() {
        return xattrs.isEmpty() && missing.isEmpty();
    }

    /**
     * Attributes with these.
     *
     * @throws PartialAttributesException where some are missing
     */
    Attributes in(byte[] linkTarget, int flags, int project) {
        Attributes all = new Attributes(linkTarget, xattrs, flags, project, null);
        if (!missing.isEmpty()) {
            throw new PartialAttributesException(all, kind, missing);
        }
        return all;
    }
}
