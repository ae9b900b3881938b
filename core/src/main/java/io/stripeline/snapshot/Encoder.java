package io.stripeline.snapshot;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A growing byte array with the primitives of the format. Reused between blobs through {@link #clear()}. */
final class Encoder {
    private byte[] bytes;
    private int size;

    Encoder(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        size = 0;
    }

    /** The array behind this; valid up to {@link #size()} until the next write. */
    byte[] array() {
        return bytes;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 1 << 30)));
        }
    }

    Encoder put(int b) {
        room(1);
        bytes[size++] = (byte) b;
        return this;
    }

    Encoder put(byte[] source) {
        return put(source, 0, source.length);
    }

    Encoder put(byte[] source, int from, int length) {
        room(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
        return this;
    }

    Encoder put(BlobId id) {
        room(BlobId.BYTES);
        id.copyTo(bytes, size);
        size += BlobId.BYTES;
        return this;
    }

    Encoder put(Encoder other) {
        return put(other.bytes, 0, other.size);
    }

    Encoder varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    Encoder zigzag(long value) {
        return varint((value << 1) ^ (value >> 63));
    }

    /** Length and bytes. */
    Encoder sized(byte[] source) {
        return varint(source.length).put(source);
    }

    Encoder sized(Encoder other) {
        return varint(other.size).put(other);
    }

    /** Letter and version: how every structured blob starts. */
    Encoder header(char letter) {
        return put(letter).put(Decoder.VERSION);
    }
}
