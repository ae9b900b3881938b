package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.snapshot.BlobId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a store holds.
 *
 * @param packs number of packs
 * @param chunks copies of chunks
 * @param storedBytes length of all objects
 * @param rawBytes length of all copies before compression
 * @param reclaimableBytes raw length of copies that no root needs: unreachable chunks and second copies
 * @param unindexedPackBytes length of packs that no index names, left by interrupted or running writers
 */
public record StoreStats(
        long packs, long chunks, long storedBytes, long rawBytes, long reclaimableBytes, long unindexedPackBytes) {

    static StoreStats gather(Repository repository, Predicate<BlobId> isReachable) {
        long[] sums = new long[6];
        Set<BlobId> indexed = new HashSet<>();
        BlobStore store = repository.store();
        for (BlobId name : repository.indexFiles().list().names()) {
            IndexFile file = repository.indexFiles().read(name);
            file.packs().forEach(pack -> indexed.add(pack.id()));
            file.forEach((bytes, idAt, pack, frame, stored, offset, length, form) -> {
                BlobId id = BlobId.of(bytes, idAt);
                ChunkPlace first = repository.index().find(id);
                boolean second = first != null
                        && (first.frameOffset() != frame
                                || !first.pack().equals(file.packs().get(pack).id()));
                sums[1]++;
                sums[3] += length;
                sums[4] += second || !isReachable.test(id) ? length : 0;
            });
        }
        for (String folder : List.of("packs", "index", "roots", "sessions", "condemned", "tombstones")) {
            store.list(folder, entry -> {
                sums[2] += entry.sizeBytes();
                BlobId id = Names.idOf(entry.name());
                if (id != null && entry.name().equals(PackFormat.nameOf(id))) {
                    sums[0]++;
                    sums[5] += indexed.contains(id) ? 0 : entry.sizeBytes();
                }
            });
        }
        return new StoreStats(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
    }
}
