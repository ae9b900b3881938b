package io.stripeline.dedup.cdc;

/**
 * Lengths of chunks.
 *
 * @param minBytes no chunk but a file's last is shorter
 * @param averageBytes a power of two
 * @param maxBytes no chunk is longer
 * @param normalisation bits by which a cut is made rarer before the average and more frequent after it
 */
public record ChunkSizes(int minBytes, int averageBytes, int maxBytes, int normalisation) {
    /** 16 KiB, 64 KiB, 512 KiB, 2. */
    public static final ChunkSizes DEFAULT = new ChunkSizes(16 << 10, 64 << 10, 512 << 10, 2);

    public ChunkSizes {
        if (Integer.bitCount(averageBytes) != 1
                || minBytes < 64
                || minBytes > averageBytes
                || averageBytes > maxBytes
                || maxBytes > 16 << 20
                || normalisation < 0
                || normalisation > 4) {
            throw new IllegalArgumentException("Chunk sizes " + minBytes + ", " + averageBytes + ", " + maxBytes + ", "
                    + normalisation + ": need 64 <= min <= average (power of two) <= max <= 16 MiB and 0 to 4");
        }
    }

    private int bits() {
        return Integer.numberOfTrailingZeros(averageBytes);
    }

    /** Mask before the average length. */
    long rareMask() {
        return -1L << (64 - (bits() + normalisation));
    }

    /** Mask from the average length. */
    long frequentMask() {
        return -1L << (64 - (bits() - normalisation));
    }
}
