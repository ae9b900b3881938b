package io.stripeline.snapshot;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was kept of a file's bytes, in the form that stands in a snapshot: a few bytes that hold small content or name
 * the blobs of it (section 3 of the format). Immutable; equality is by form, so equal contents of one writer are equal.
 */
public final class Content {
    /** The forms. Numbers are those of the format. */
    public enum Kind {
        NONE,
        INLINE,
        SLICE,
        LIST,
        TREE,
        HOLE,
        LINK
    }

    /** Content of at most this many bytes stands in the snapshot itself. */
    public static final int INLINE_BYTES = 512;

    /** No content: a directory, a device, an empty file, a file that failed, a snapshot of names only. */
    public static final Content NONE = new Content(new byte[0]);

    private final byte[] code;

    private Content(byte[] code) {
        this.code = code;
    }

    static Content ofCode(byte[] code) {
        return code.length == 0 ? NONE : new Content(code);
    }

    /** Small content itself, at most {@link #INLINE_BYTES}; copied. */
    public static Content inline(byte[] bytes, int from, int length) {
        if (length > INLINE_BYTES) {
            throw new IllegalArgumentException("Inline content has at most 512 bytes, not " + length);
        }
        return length == 0
                ? NONE
                : new Content(new Encoder(length + 1)
                        .put(Kind.INLINE.ordinal())
                        .put(bytes, from, length)
                        .toBytes());
    }

    /** A part of a blob that several small files share. */
    public static Content slice(BlobId blob, long offset, long length) {
        return new Content(new Encoder(48)
                .put(Kind.SLICE.ordinal())
                .put(blob)
                .varint(offset)
                .varint(length)
                .toBytes());
    }

    /** Nothing but a hole. */
    public static Content hole(long length) {
        return length == 0
                ? NONE
                : new Content(
                        new Encoder(11).put(Kind.HOLE.ordinal()).varint(length).toBytes());
    }

    static Content list(Encoder entries) {
        return new Content(new Encoder(entries.size() + 1)
                .put(Kind.LIST.ordinal())
                .put(entries)
                .toBytes());
    }

    static Content tree(long length, int level, BlobId top) {
        return new Content(new Encoder(48)
                .put(Kind.TREE.ordinal())
                .varint(length)
                .put(level)
                .put(top)
                .toBytes());
    }

    /** The content of another name of the same inode in the same snapshot. {@code key} is a directory key. */
    static Content link(byte[] key, BlobSink blobs) {
        Encoder out = new Encoder(key.length + 8).put(Kind.LINK.ordinal());
        Extra.value(out, key, Extra.VALUE_BYTES, blobs);
        return new Content(out.toBytes());
    }

    public Kind kind() {
        if (code.length == 0) {
            return Kind.NONE;
        }
        if (code[0] < 1 || code[0] >= Kind.values().length) {
            throw new FormatException("Unknown kind of content: " + code[0] + "; use a newer program");
        }
        return Kind.values()[code[0]];
    }

    /** Bytes that the content stands for, holes included; 0 for a link, which its target answers. */
    public long lengthBytes() {
        Decoder in = body();
        switch (kind()) {
            case INLINE:
                return in.remaining();
            case SLICE:
                in.id();
                in.varint();
                return in.varint();
            case LIST:
                long sum = 0;
                while (in.hasMore()) {
                    long entry = in.varint();
                    sum += entry >>> 1;
                    if ((entry & 1) == 0) {
                        in.id();
                    }
                }
                return sum;
            case TREE, HOLE:
                return in.varint();
            default:
                return 0;
        }
    }

    /** The first blob that has to be read for it; null where it needs none. */
    public @Nullable BlobId firstBlob() {
        Decoder in = body();
        switch (kind()) {
            case SLICE:
                return in.id();
            case LIST:
                while (in.hasMore()) {
                    if ((in.varint() & 1) == 0) {
                        return in.id();
                    }
                }
                return null;
            case TREE:
                in.varint();
                in.u8();
                return in.id();
            default:
                return null;
        }
    }

    /** The pieces in order of offset; chunk lists are read from {@code blobs} as the iteration proceeds. */
    public Pieces pieces(BlobSource blobs) {
        return new Pieces(this, blobs);
    }

    /** The path that a {@link Kind#LINK} names, as a directory key. */
    byte[] linkKey(BlobSource blobs) {
        if (kind() != Kind.LINK) {
            throw new IllegalStateException("Not a link but " + kind());
        }
        Decoder in = body();
        byte[] key = Extra.value(in, blobs);
        in.end();
        return key;
    }

    Decoder body() {
        return new Decoder(code, Math.min(1, code.length), code.length);
    }

    /** The stored form. The array is shared: do not change it. */
    byte[] code() {
        return code;
    }

    /** Blobs that the form itself names: chunks, the top of a chunk list, a long link path. */
    public List<BlobId> blobs() {
        return Pieces.named(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Content && Arrays.equals(code, ((Content) other).code);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(code);
    }

    @Override
    public String toString() {
        return kind() + " of " + lengthBytes() + " bytes";
    }
}
