package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.List;

/**
 * One value of the directory table: where the rows of a directory, or of a part of it, are.
 *
 * @param flags see {@link PartWriter}
 * @param rows number of rows
 * @param fileBytes sum of the sizes of regular files
 */
record Part(int flags, int rows, long fileBytes, Decoder rest) {
    private static final int MAX_ROWS = 65536;

    static Part decode(Decoder value) {
        int flags = value.count(Integer.MAX_VALUE);
        if ((flags & ~PartWriter.KNOWN_FLAGS) != 0) {
            throw value.broken("unknown flags of a directory: " + flags + "; use a newer program");
        }
        return new Part(flags, value.count(MAX_ROWS), value.varint(), value);
    }

    boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** Decodes the rows; used once. */
    Rows open(BlobSource blobs) {
        if (is(PartWriter.INLINE_ROWS)) {
            byte[] copy = rest.sized(); // so that the rows do not keep the whole table node alive
            return Rows.decode(new Decoder(copy), rows, content(blobs), blobs);
        }
        byte[] blob = blobs.get(rest.id());
        return Rows.decode(new Decoder(blob), rows, content(blobs), blobs);
    }

    private ContentRows content(BlobSource blobs) {
        return ContentRows.decode(rest, is(PartWriter.INLINE_CONTENT), rows, blobs);
    }

    /** The blobs that hold the rows and their content; used once, instead of {@link #open}. */
    List<BlobId> blobs(BlobSource source) {
        List<BlobId> out = new ArrayList<>();
        if (is(PartWriter.INLINE_ROWS)) {
            rest.skip(rest.length());
        } else {
            out.add(rest.id());
        }
        out.addAll(content(source).ids());
        return out;
    }
}
