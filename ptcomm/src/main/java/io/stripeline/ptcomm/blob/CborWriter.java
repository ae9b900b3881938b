package io.stripeline.ptcomm.blob;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes deterministic CBOR (RFC 8949, 4.2.1) into a growing array: integers, byte strings, text, arrays, maps. By hand,
 * since ids that stand on volumes are made of these bytes: no new version of a library may change one of them.
 */
final class CborWriter {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;

    private byte[] bytes;
    private int size;

    /** Leaves {@code before} zero bytes at the beginning, for what is known last. */
    CborWriter(int before, int capacity) {
        bytes = new byte[Math.addExact(before, capacity)];
        size = before;
    }

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Replaces a byte that was written: the head of a map whose size is known at its end. */
    void set(int at, int value) {
        bytes[at] = (byte) value;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            int needed = Math.addExact(size, more);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
        }
    }

    /** Major type and argument, unsigned 64 bit. */
    private void head(int major, long argument) {
        room(9);
        int top = major << 5;
        if (argument >= 0 && argument < 24) {
            bytes[size++] = (byte) (top | (int) argument);
            return;
        }
        int log = argument >>> 8 == 0 ? 0 : argument >>> 16 == 0 ? 1 : argument >>> 32 == 0 ? 2 : 3;
        bytes[size++] = (byte) (top | 24 + log);
        for (int shift = (8 << log) - 8; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (argument >>> shift);
        }
    }

    CborWriter array(int elements) {
        head(ARRAY, elements);
        return this;
    }

    CborWriter map(int entries) {
        head(MAP, entries);
        return this;
    }

    /** Of the full unsigned range. */
    CborWriter unsigned(long value) {
        head(UNSIGNED, value);
        return this;
    }

    CborWriter signed(long value) {
        head(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? ~value : value);
        return this;
    }

    CborWriter bytes(byte[] value) {
        head(BYTES, value.length);
        return raw(value);
    }

    CborWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        head(TEXT, utf8.length);
        return raw(utf8);
    }

    /** Bytes that are CBOR already. */
    CborWriter raw(byte[] encoded) {
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
        return this;
    }
}
