package io.stripeline.snapshot;

import java.util.Arrays;

/** One decoded node of a sorted table: keys expanded, values where they lie in the blob. Immutable. */
final class TableNode {
    private static final int MAX_ENTRIES = 65536;
    private static final int MAX_KEY_BYTES = 9 << 20;

    private final byte[] blob;
    private final byte[] keys;
    private final int[] keyEnds;
    private final int[] valueStarts;
    private final int[] valueEnds;
    final int level;
    final int size;

    private TableNode(byte[] blob, int level, int size, byte[] keys, int[] keyEnds, int[] starts, int[] ends) {
        this.blob = blob;
        this.level = level;
        this.size = size;
        this.keys = keys;
        this.keyEnds = keyEnds;
        this.valueStarts = starts;
        this.valueEnds = ends;
    }

    static TableNode decode(byte[] blob, int level) {
        Decoder in = new Decoder(blob).header('T');
        if (in.u8() != level) {
            throw in.broken("table node of another level than " + level);
        }
        int size = in.count(Math.min(MAX_ENTRIES, in.remaining()));
        if (size == 0) {
            throw in.broken("empty table node");
        }
        int[] keyEnds = new int[size];
        int[] starts = new int[size];
        int[] ends = new int[size];
        Encoder keys = new Encoder(Math.max(64, blob.length));
        int lastStart = 0;
        for (int i = 0; i < size; i++) {
            int lastLength = keys.size() - lastStart;
            int shared = in.count(lastLength);
            int rest = in.length();
            int valueLength = in.length();
            if (keys.size() + (long) shared + rest > MAX_KEY_BYTES) {
                throw in.broken("keys of more than " + MAX_KEY_BYTES + " bytes");
            }
            int start = keys.size();
            keys.put(Arrays.copyOfRange(keys.array(), lastStart, lastStart + shared));
            int from = in.position();
            in.skip(rest);
            keys.put(blob, from, rest);
            if (i > 0
                    && Arrays.compareUnsigned(keys.array(), lastStart, start, keys.array(), start, keys.size()) >= 0) {
                throw in.broken("keys out of order");
            }
            lastStart = start;
            keyEnds[i] = keys.size();
            starts[i] = in.position();
            in.skip(valueLength);
            ends[i] = in.position();
            if (level > 0 && valueLength != BlobId.BYTES) {
                throw in.broken("index entry of " + valueLength + " bytes");
            }
        }
        in.end();
        return new TableNode(blob, level, size, keys.toBytes(), keyEnds, starts, ends);
    }

    int weight() {
        return blob.length + keys.length + 12 * size + 64;
    }

    private int keyStart(int i) {
        return i == 0 ? 0 : keyEnds[i - 1];
    }

    byte[] key(int i) {
        return Arrays.copyOfRange(keys, keyStart(i), keyEnds[i]);
    }

    /** The value's bytes, for reading in place. */
    Decoder value(int i) {
        return new Decoder(blob, valueStarts[i], valueEnds[i]);
    }

    int valueLength(int i) {
        return valueEnds[i] - valueStarts[i];
    }

    BlobId child(int i) {
        return BlobId.of(blob, valueStarts[i]);
    }

    boolean sameValue(int i, TableNode other, int j) {
        return Arrays.equals(blob, valueStarts[i], valueEnds[i], other.blob, other.valueStarts[j], other.valueEnds[j]);
    }

    int compareKey(int i, byte[] key) {
        return Arrays.compareUnsigned(keys, keyStart(i), keyEnds[i], key, 0, key.length);
    }

    /** The last entry whose key is not after {@code key}; -1 where all are. */
    int floor(byte[] key) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (compareKey(middle, key) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
