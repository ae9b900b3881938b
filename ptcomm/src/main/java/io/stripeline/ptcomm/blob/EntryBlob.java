package io.stripeline.ptcomm.blob;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;

/**
 * Everything about one entry that PTCOMM loses: nanoseconds, birth time, identity, device numbers, flags, project id,
 * extended attributes and ACLs, the exact name where it had to be escaped, the first name of a hard link.
 *
 * @param path absolute, as it was at the backup; exact bytes
 * @param escaped whether the name on the wire is the escaped spelling of {@code path}
 * @param inode as it was saved; the device of its identity is not kept and reads as 0
 * @param attributes link target, xattrs, flags, project id, layout
 * @param first absolute path of the name that holds the content, for one more name of an inode; else null
 */
public record EntryBlob(
        RawPath path,
        boolean escaped,
        Inode inode,
        Attributes attributes,
        @Nullable RawPath first) {
    public java.util.List<byte[]> encode(int max) {
        return java.util.List.of();
    }
}
