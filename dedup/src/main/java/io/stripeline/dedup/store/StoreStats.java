package io.stripeline.dedup.store;

import io.stripeline.snapshot.BlobId;
import java.util.function.Predicate;

/**
 * What a store holds.
 *
 * @param packs number of packs
 * @param chunks copies of chunks
 * @param storedBytes length of all objects, and of what was begun
 * @param rawBytes length of all copies before compression
 * @param reclaimableBytes what of {@code storedBytes} no root needs: unreachable chunks and second copies, each by its part
 *     of its frame, a pack of nothing else whole; and {@code leftoverBytes}
 * @param leftoverBytes what is begun, and what no root needs of packs that no index names: left by interrupted writers, or
 *     of running ones
 */
public record StoreStats(
        long packs, long chunks, long storedBytes, long rawBytes, long reclaimableBytes, long leftoverBytes) {

    static StoreStats gather(Repository repository, Predicate<BlobId> isReachable) {
        return new StoreCount(repository, isReachable).count();
    }
}
