package io.stripeline.change;

import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A moment in the changes of one volume, opaque to all but its source. Can be stored: one byte length of the kind, the
 * kind in ASCII, four bytes version (big endian), the position.
 *
 * @param kind of source, so that a cursor of another one is not misread
 * @param version of the position's format
 * @param position at most 64 KiB: an index for each metadata target, for example. The array is kept
 */
public record Cursor(String kind, int version, byte[] position) {
    private static final int MOST_BYTES = 64 << 10;

    public Cursor {
        if (kind.isEmpty()
                || kind.length() > 127
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(kind)) {
            throw new IllegalArgumentException("A kind has 1 to 127 characters of ASCII: " + kind);
        }
        if (position.length > MOST_BYTES) {
            throw new IllegalArgumentException("A cursor of " + position.length + " bytes, more than " + MOST_BYTES);
        }
    }

    public byte[] toBytes() {
        byte[] name = kind.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + name.length + 4 + position.length)
                .put((byte) name.length)
                .put(name)
                .putInt(version)
                .put(position)
                .array();
    }

    /**
     * The inverse of {@link #toBytes}.
     *
     * @throws FormatException where the bytes are no cursor
     */
    public static Cursor fromBytes(byte[] bytes) {
        int length = bytes.length == 0 ? 0 : bytes[0];
        if (length <= 0 || bytes.length < length + 5 || bytes.length > MOST_BYTES + length + 5) {
            throw new FormatException("These " + bytes.length + " bytes are no cursor of a change source");
        }
        for (int i = 1; i <= length; i++) {
            if (bytes[i] <= 0) {
                throw new FormatException("The kind of a cursor is not ASCII");
            }
        }
        return new Cursor(
                new String(bytes, 1, length, StandardCharsets.US_ASCII),
                ByteBuffer.wrap(bytes).getInt(1 + length),
                Arrays.copyOfRange(bytes, length + 5, bytes.length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cursor && Arrays.equals(toBytes(), ((Cursor) other).toBytes());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toBytes());
    }

    @Override
    public String toString() {
        return kind + "/" + version + ":" + HexFormat.of().formatHex(position);
    }
}
