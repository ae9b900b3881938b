package io.stripeline.dedup;

/**
 * What a store holds.
 *
 * @param snapshots roots, checkpoints of crashed runs included
 * @param sets backups, complete or not
 * @param chunks distinct blobs of data and metadata
 * @param storedBytes size of all that is stored
 * @param rawBytes size of all chunks before compression
 * @param reclaimableBytes what of {@code storedBytes} no snapshot needs, as it is stored; with {@code leftoverBytes}
 * @param leftoverBytes what of that writers left that crashed, or that writers at work have not committed yet
 */
public record StoreStats(
        long snapshots,
        long sets,
        long chunks,
        long storedBytes,
        long rawBytes,
        long reclaimableBytes,
        long leftoverBytes) {}
