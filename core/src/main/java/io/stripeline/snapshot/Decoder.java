package io.stripeline.snapshot;

import java.util.Arrays;

/**
 * Reads the primitives of the format from a range of a byte array. Every length is checked against what is left before
 * anything is allocated.
 */
final class Decoder {
    static final int VERSION = 1;

    /** No structured blob of a writer is longer; a longer one is not decoded. */
    static final int MAX_BLOB_BYTES = 8 << 20;

    private final byte[] bytes;
    private final int end;
    private int at;

    Decoder(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    Decoder(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Another decoder of what is left here. */
    Decoder copy() {
        return new Decoder(bytes, at, end);
    }

    byte[] array() {
        return bytes;
    }

    int position() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    boolean hasMore() {
        return at < end;
    }

    FormatException broken(String what) {
        return new FormatException("Damaged snapshot data at byte " + at + ": " + what
                + ". Run check to find out what else is damaged; a newer backup does not need these bytes.");
    }

    /** Checks letter and version. */
    Decoder header(char letter) {
        if (remaining() > MAX_BLOB_BYTES) {
            throw broken("a block of " + remaining() + " bytes");
        }
        int found = u8();
        if (found != letter) {
            throw broken("expected a '" + letter + "' block, found 0x" + Integer.toHexString(found));
        }
        int version = u8();
        if (version != VERSION) {
            throw new FormatException("A '" + letter + "' block of version " + version + ": this program reads version "
                    + VERSION + "; use a newer program");
        }
        return this;
    }

    int u8() {
        if (at >= end) {
            throw broken("truncated");
        }
        return bytes[at++] & 0xFF;
    }

    long varint() {
        if (at < end && bytes[at] >= 0) {
            return bytes[at++];
        }
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                if (shift == 63 && b > 1) {
                    throw broken("number of more than 64 bits");
                }
                return value;
            }
        }
        throw broken("number of more than 64 bits");
    }

    long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A number from 0 to {@code max}. */
    int count(int max) {
        long value = varint();
        if (value < 0 || value > max) {
            throw broken("number out of range: " + Long.toUnsignedString(value) + ", at most " + max);
        }
        return (int) value;
    }

    /** A length that does not exceed what is left. */
    int length() {
        return count(remaining());
    }

    void skip(int length) {
        if (length < 0 || length > remaining()) {
            throw broken("truncated");
        }
        at += length;
    }

    byte[] take(int length) {
        int from = at;
        skip(length);
        return Arrays.copyOfRange(bytes, from, at);
    }

    byte[] sized() {
        return take(length());
    }

    /** A decoder of the next {@code length} bytes, which this one skips. */
    Decoder part(int length) {
        int from = at;
        skip(length);
        return new Decoder(bytes, from, at);
    }

    BlobId id() {
        int from = at;
        skip(BlobId.BYTES);
        return BlobId.of(bytes, from);
    }

    void end() {
        if (at != end) {
            throw broken((end - at) + " bytes too many");
        }
    }
}
