package io.stripeline.ptcomm.blob;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything about one entry that PTCOMM loses: nanoseconds, birth time, identity, device numbers, flags, project id,
 * extended attributes and ACLs, the exact name where it had to be escaped, the first name of a hard link.
 *
 * <p>Its bytes are those of {@code ptcomm/docs/blob.md}: versioned, checksummed, one part of 65 to 95 bytes and
 * the path for a plain file, several parts where a packet is too small. Immutable but for the shared arrays of its attributes.
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
    /** Whether these bytes begin as a blob, or a part of one, of ours. A few nanoseconds; proves nothing else. */
    public static boolean isBlob(byte[] bytes) {
        return Envelope.BLOB.matches(bytes);
    }

    /**
     * The bytes of this entry in one or more parts, in order; one where they fit.
     *
     * @param maxPartBytes length of the longest part, for example what a packet may hold
     * @throws IllegalArgumentException where they do not fit into 65,535 such parts, or 2 GiB
     */
    public List<byte[]> encode(int maxPartBytes) {
        return Parts.cut(EntryCode.encode(this, Envelope.BYTES), maxPartBytes);
    }

    /**
     * Reads the parts of one entry, in any order. Allocates no more than a small multiple of their length.
     *
     * @throws io.stripeline.snapshot.FormatException where a part is missing, double, of another entry, damaged, of
     *     another program or of a newer version
     */
    public static EntryBlob decode(List<byte[]> parts) {
        return EntryCode.decode(Parts.join(parts), Envelope.BYTES);
    }
}
