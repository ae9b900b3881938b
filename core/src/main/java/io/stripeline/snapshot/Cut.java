package io.stripeline.snapshot;

/** Where sequences of rows are cut: section 1 of the format. */
final class Cut {
    static final int MIN_WEIGHT = 64 << 10;
    static final int MAX_WEIGHT = 1 << 20;
    /** Mean weight beyond the minimum, so that the average piece weighs 256 KiB. */
    private static final long MEAN_WEIGHT = 192 << 10;

    private int weight;

    /** True where the piece must end before a row of this weight is added. */
    boolean before(int rowWeight) {
        return weight > 0 && weight + rowWeight > MAX_WEIGHT;
    }

    /** Adds a row; true where the piece ends after it. */
    boolean after(byte[] key, int from, int length, int rowWeight) {
        weight += rowWeight;
        return weight >= MIN_WEIGHT && hash32(key, from, length) * MEAN_WEIGHT < (long) rowWeight << 32;
    }

    /** A new piece starts. */
    void reset() {
        weight = 0;
    }

    private static long hash32(byte[] key, int from, int length) {
        long h = 0xcbf29ce484222325L;
        for (int i = from; i < from + length; i++) {
            h = (h ^ (key[i] & 0xFF)) * 0x100000001b3L;
        }
        h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return (h ^ h >>> 33) >>> 32;
    }
}
