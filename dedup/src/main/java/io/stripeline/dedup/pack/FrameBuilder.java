package io.stripeline.dedup.pack;

import io.stripeline.snapshot.BlobId;
import java.util.Arrays;

/**
 * Chunks gathered for one frame. A caller puts a chunk's bytes into {@link #array} at {@link #end}, and {@link #add}s it
 * once it is known to be new. Before the chunks there is room for the header, so that a frame that is not compressed is
 * written from where it is. One thread at a time.
 */
public final class FrameBuilder {
    private final byte[] raw;
    private int size;
    private int count;
    private byte[] ids = new byte[64 * BlobId.BYTES];
    private int[] offsets = new int[64];
    private int[] lengths = new int[64];

    public FrameBuilder(int capacityBytes) {
        raw = new byte[PackFormat.FRAME_HEADER_BYTES + capacityBytes];
    }

    public byte[] array() {
        return raw;
    }

    /** Where the next chunk goes in the array. */
    public int end() {
        return PackFormat.FRAME_HEADER_BYTES + size;
    }

    /** Bytes of the chunks. */
    int size() {
        return size;
    }

    public int room() {
        return raw.length - end();
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public void add(BlobId id, int length) {
        if (count == offsets.length) {
            ids = Arrays.copyOf(ids, ids.length * 2);
            offsets = Arrays.copyOf(offsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
        }
        id.copyTo(ids, count * BlobId.BYTES);
        offsets[count] = size;
        lengths[count] = length;
        size += length;
        count++;
    }

    public int count() {
        return count;
    }

    byte[] ids() {
        return ids;
    }

    int offset(int chunk) {
        return offsets[chunk];
    }

    int length(int chunk) {
        return lengths[chunk];
    }

    public void clear() {
        size = 0;
        count = 0;
    }
}
