package io.stripeline.dedup;

/**
 * What a store holds.
 *
 * @param snapshots roots, checkpoints of crashed runs included
 * @param sets backups, complete or not
 * @param chunks distinct blobs of data and metadata
 * @param storedBytes size of all packs
 * @param reclaimableBytes what of it no snapshot needs, after compression
 */
public record StoreStats(long snapshots, long sets, long chunks, long storedBytes, long reclaimableBytes) {}
