package io.stripeline.ptcomm.blob;

import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads deterministic CBOR and nothing else: whatever {@link CborWriter} would not write, floats and tags among it, is a
 * {@link FormatException}. Every length is checked against what is left before anything is allocated.
 */
final class CborReader {
    /** Deep enough for any value that a later writer may add; bounds the stack. */
    private static final int MOST_DEPTH = 8;

    private static final int SIMPLE = 7;
    private static final byte[] EMPTY = {};

    private final String what;
    private final byte[] bytes;
    private int at;
    private int major;
    private long argument;

    /** {@code what} is the subject of messages. */
    CborReader(String what, byte[] bytes, int from) {
        this.what = what;
        this.bytes = bytes;
        this.at = from;
    }

    int position() {
        return at;
    }

    FormatException broken(String why) {
        return new FormatException(
                what + " is damaged at byte " + at + ": " + why + ". Restore from another copy of it");
    }

    /** Nothing may follow. */
    void end() {
        if (at != bytes.length) {
            throw broken((bytes.length - at) + " bytes follow the end");
        }
    }

    private void head() {
        if (at >= bytes.length) {
            throw broken("it is truncated");
        }
        int first = bytes[at++] & 0xFF;
        major = first >> 5;
        int low = first & 31;
        if (low < 24) {
            argument = low;
        } else if (low > 27 || major == SIMPLE) {
            throw broken("an indefinite length, a float or a reserved number");
        } else {
            int length = 1 << low - 24;
            if (bytes.length - at < length) {
                throw broken("it is truncated");
            }
            long value = 0;
            for (int i = 0; i < length; i++) {
                value = value << 8 | bytes[at++] & 0xFF;
            }
            boolean shortest = low == 24
                    ? value >= 24
                    : low == 25 ? value >>> 8 != 0 : low == 26 ? value >>> 16 != 0 : value >>> 32 != 0;
            if (!shortest) {
                throw broken("a number is not in its shortest form");
            }
            argument = value;
        }
    }

    private void head(int expected, String name) {
        head();
        if (major != expected) {
            throw broken("expected " + name + " and got CBOR type " + major);
        }
    }

    /** Of the full unsigned range. */
    long unsigned() {
        head(CborWriter.UNSIGNED, "an unsigned number");
        return argument;
    }

    /** An unsigned number of 32 bits, in an int. */
    int unsigned32() {
        long value = unsigned();
        if (value >>> 32 != 0) {
            throw broken("a number is beyond 32 bits");
        }
        return (int) value;
    }

    long signed() {
        head();
        if (major > CborWriter.NEGATIVE) {
            throw broken("expected a number and got CBOR type " + major);
        }
        if (argument < 0) {
            throw broken("a number is beyond 64 bits");
        }
        return major == CborWriter.NEGATIVE ? ~argument : argument;
    }

    int signed32() {
        long value = signed();
        if (value != (int) value) {
            throw broken("a number is beyond 32 bits");
        }
        return (int) value;
    }

    private int length(int minimumBytesEach) {
        if (argument < 0 || argument > (bytes.length - at) / minimumBytesEach) {
            throw broken("a length of " + Long.toUnsignedString(argument) + " where " + (bytes.length - at)
                    + " bytes are left");
        }
        return (int) argument;
    }

    byte[] bytes() {
        head(CborWriter.BYTES, "bytes");
        return take();
    }

    private byte[] take() {
        int from = at;
        at += length(1);
        return from == at ? EMPTY : Arrays.copyOfRange(bytes, from, at);
    }

    String text() {
        head(CborWriter.TEXT, "text");
        return utf8();
    }

    private String utf8() {
        int from = at;
        at += length(1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, at - from))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw broken("a text is not UTF-8");
        }
    }

    /** The number of elements, each of at least one byte. */
    int array() {
        head(CborWriter.ARRAY, "an array");
        return length(1);
    }

    /** An array of exactly so many elements. */
    void array(int elements) {
        if (array() != elements) {
            throw broken("expected an array of " + elements + " and got one of " + argument);
        }
    }

    /** The number of entries, each of at least two bytes. */
    int map() {
        head(CborWriter.MAP, "a map");
        return length(2);
    }

    /** The next key of a map, above the one before it; begin with -1. */
    int key(int before) {
        int key = signed32();
        if (key <= before) {
            throw broken("key " + key + " follows key " + before);
        }
        return key;
    }

    /** True where the next item is of this major type. */
    boolean isNext(int type) {
        return at < bytes.length && (bytes[at] & 0xFF) >> 5 == type;
    }

    /** Passes over one item of any allowed kind. */
    void skip() {
        skip(0);
    }

    private void skip(int depth) {
        head();
        switch (major) {
            case CborWriter.UNSIGNED, CborWriter.NEGATIVE -> {}
            case CborWriter.BYTES -> at += length(1);
            case CborWriter.TEXT -> utf8();
            case CborWriter.ARRAY -> skipAll(length(1), depth);
            case CborWriter.MAP -> skipMap(length(2), depth);
            default -> {
                if (major != SIMPLE || argument < 20 || argument > 22) { // false, true, null
                    throw broken("a tag or an unknown simple value");
                }
            }
        }
    }

    private void skipAll(int items, int depth) {
        if (depth >= MOST_DEPTH) {
            throw broken("items are nested too deep");
        }
        for (int i = 0; i < items; i++) {
            skip(depth + 1);
        }
    }

    /** Keys of any kind, in the order of their encoded bytes. */
    private void skipMap(int entries, int depth) {
        int before = -1;
        int beforeEnd = -1;
        for (int i = 0; i < entries; i++) {
            int from = at;
            skipAll(1, depth);
            if (before >= 0 && Arrays.compareUnsigned(bytes, before, beforeEnd, bytes, from, at) >= 0) {
                throw broken("keys of a map are not ascending");
            }
            before = from;
            beforeEnd = at;
            skipAll(1, depth);
        }
    }
}
