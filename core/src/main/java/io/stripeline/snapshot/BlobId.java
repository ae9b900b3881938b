package io.stripeline.snapshot;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Name of a blob: the SHA-256 of its bytes, or a keyed digest of the same length where the store says so. Immutable;
 * orders by unsigned bytes.
 */
public final class BlobId implements Comparable<BlobId> {
    /** Length in bytes. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private BlobId(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The 32 bytes from {@code offset}, copied. */
    public static BlobId of(byte[] source, int offset) {
        if (offset < 0 || source.length - offset < BYTES) {
            throw new IllegalArgumentException("A blob id has " + BYTES + " bytes, not " + (source.length - offset));
        }
        return new BlobId(Arrays.copyOfRange(source, offset, offset + BYTES));
    }

    /** From 64 hexadecimal digits. */
    public static BlobId parse(String hex) {
        return of(HexFormat.of().parseHex(hex), 0);
    }

    /** Copies the 32 bytes to {@code target} at {@code offset}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, BYTES);
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The first eight bytes, big endian: evenly spread, so good as a hash. */
    public long prefix() {
        long out = 0;
        for (int i = 0; i < 8; i++) {
            out = out << 8 | (bytes[i] & 0xFF);
        }
        return out;
    }

    @Override
    public int compareTo(BlobId other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlobId && Arrays.equals(bytes, ((BlobId) other).bytes);
    }

    @Override
    public int hashCode() {
        return (int) prefix();
    }

    /** 64 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
