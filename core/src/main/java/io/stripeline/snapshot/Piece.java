package io.stripeline.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * A range of a file's content.
 *
 * @param offset in the file
 * @param lengthBytes of the range
 * @param blob that holds the bytes; null for a hole or inline bytes
 * @param blobOffset of the first byte in the blob
 * @param inline the bytes themselves; null for a hole or a blob
 */
public record Piece(long offset, long lengthBytes, @Nullable BlobId blob, long blobOffset, byte @Nullable [] inline) {
    public boolean isHole() {
        return blob == null && inline == null;
    }

    static Piece hole(long offset, long length) {
        return new Piece(offset, length, null, 0, null);
    }

    static Piece chunk(long offset, long length, BlobId blob) {
        return new Piece(offset, length, blob, 0, null);
    }
}
