package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import java.util.Arrays;

/**
 * A set of blob ids by their first eight bytes: 16 bytes an entry at most. Two ids of one prefix count as one, which
 * among a thousand million ids happens with a chance of one in forty; so this is for sums, never for deletion.
 */
final class IdSet {
    private long[] slots = new long[1024];
    private int size;
    private boolean hasZero;

    void add(BlobId id) {
        long value = id.prefix();
        if (value == 0) {
            hasZero = true;
            return;
        }
        if (size * 4L > slots.length * 3L) {
            grow();
        }
        size += insert(slots, value) ? 1 : 0;
    }

    boolean contains(BlobId id) {
        long value = id.prefix();
        return value == 0 ? hasZero : slots[slot(slots, value)] == value;
    }

    private void grow() {
        if (slots.length > 1 << 29) {
            throw new IllegalStateException("More than 800 million chunks in use: too many to count in memory");
        }
        long[] larger = new long[slots.length * 2];
        Arrays.stream(slots).filter(value -> value != 0).forEach(value -> insert(larger, value));
        slots = larger;
    }

    private static boolean insert(long[] into, long value) {
        int slot = slot(into, value);
        boolean fresh = into[slot] == 0;
        into[slot] = value;
        return fresh;
    }

    /** The slot that holds a value, or is free for it. */
    private static int slot(long[] in, long value) {
        int slot = (int) (value & in.length - 1);
        while (in[slot] != 0 && in[slot] != value) {
            slot = slot + 1 & in.length - 1;
        }
        return slot;
    }
}
