package io.stripeline.fs.posix;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
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
 * @param missing what is missing of them, empty for nothing
 */
record XattrSet(List<Xattr> xattrs, String missing) {
    static final XattrSet NONE = new XattrSet(List.of(), "");

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
        for (byte[] name : ordered) {
            byte[] one = valueOf(name, value);
            if (one == null) {
                continue; // removed since it was listed, or of a kind that only lists itself
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
        return new XattrSet(
                sorted(kept),
                firstLeft == null
                        ? ""
                        : left + " of its " + names.size() + " extended attributes are not in this backup ("
                                + RawPath.printable(firstLeft) + " is the first): together they have more than "
                                + (AttributeRoom.MOST_BYTES >> 20) + " MiB");
    }

    /** Of an inode whose names are more than the kernel hands out. */
    static XattrSet unlisted(Function<byte[], byte @Nullable []> value, XattrRoom room) {
        return new XattrSet(
                of(FIRST, value, room).xattrs,
                "its extended attributes are not in this backup, but for ACLs and capabilities: their names have more"
                        + " than 64 KiB, which the kernel does not list");
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

    private static byte @Nullable [] valueOf(byte[] name, Function<byte[], byte @Nullable []> value) {
        try {
            return value.apply(name);
        } catch (PosixException failed) {
            if (InodeExtras.isLack(failed)) {
                return null;
            }
            throw failed;
        }
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
            throw new PartialAttributesException(all, missing);
        }
        return all;
    }
}
