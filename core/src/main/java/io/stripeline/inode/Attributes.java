package io.stripeline.inode;

import io.stripeline.layout.Layout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What enrichment adds to an inode: all that statx(2) does not tell and a restore needs.
 *
 * @param linkTarget of a symlink, raw bytes, empty for other kinds; the array is shared: do not change it
 * @param xattrs extended attributes of all namespaces that could be read, ACLs among them, sorted by name
 * @param flags inode flags of {@code FS_IOC_GETFLAGS} (ioctl_iflags(2)), masked to those a restore can set
 * @param projectId of {@code FS_IOC_FSGETXATTR}, 0 where there is none
 * @param layout striping, null where the filesystem has none or it was not asked for
 */
public record Attributes(
        byte[] linkTarget,
        List<Xattr> xattrs,
        int flags,
        int projectId,
        @Nullable Layout layout) {
    /** Nothing beyond the inode. */
    public static final Attributes NONE = new Attributes(new byte[0], List.of(), 0, 0, null);

    public Attributes {
        xattrs = List.copyOf(xattrs);
    }

    /** Only a symlink's target. */
    public static Attributes ofLink(byte[] target) {
        return new Attributes(target, List.of(), 0, 0, null);
    }

    /** About what the heap holds of these: bytes of values and names, and {@link Xattr#OVERHEAD_BYTES} for each. */
    public long weightBytes() {
        long bytes = (long) linkTarget.length + (layout instanceof Layout.Opaque opaque ? opaque.bytes().length : 0);
        for (Xattr xattr : xattrs) {
            bytes += xattr.weightBytes();
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Attributes)) {
            return false;
        }
        Attributes that = (Attributes) other;
        return Arrays.equals(linkTarget, that.linkTarget)
                && xattrs.equals(that.xattrs)
                && flags == that.flags
                && projectId == that.projectId
                && java.util.Objects.equals(layout, that.layout);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(linkTarget) * 31 + xattrs.hashCode();
    }
}
