package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.index.IndexBuilder;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Counts what a store holds. Holds one index file at a time, and the names of packs. */
final class StoreCount {
    private final Repository repository;
    private final BlobStore store;
    private final Predicate<BlobId> isReachable;
    private final Set<BlobId> indexed = new HashSet<>();
    private final Map<BlobId, Long> unindexed = new HashMap<>();
    private long packs;
    private long chunks;
    private long stored;
    private long raw;
    private long reclaimable;
    private long leftover;

    StoreCount(Repository repository, Predicate<BlobId> isReachable) {
        this.repository = repository;
        this.store = repository.store();
        this.isReachable = isReachable;
    }

    /** Bytes of one frame: as stored, of its chunks, and of those that nothing needs. */
    private static final class Frame {
        final int stored;
        long raw;
        long unneeded;

        Frame(int stored) {
            this.stored = stored;
        }
    }

    StoreStats count() {
        repository.indexFiles().forEach(file -> {
            file.packs().forEach(pack -> indexed.add(pack.id()));
            reclaimable += chunks(file);
        });
        for (String folder : List.of("packs", "index", "roots", "sessions", "condemned", "tombstones")) {
            store.list(folder, entry -> {
                stored += entry.sizeBytes();
                BlobId id = Names.idOf(entry.name());
                if (id != null && entry.name().equals(PackFormat.nameOf(id))) {
                    packs++;
                    if (!indexed.contains(id)) {
                        unindexed.put(id, entry.sizeBytes());
                    }
                }
            });
        }
        unindexed.forEach((pack, bytes) -> leftover += unneeded(pack, bytes));
        store.listUnfinished(entry -> {
            stored += entry.sizeBytes();
            leftover += entry.sizeBytes();
        });
        return new StoreStats(packs, chunks, stored, raw, reclaimable + leftover, leftover);
    }

    /** Where an index file is lost, what roots need may be in a pack that none names. */
    private long unneeded(BlobId pack, long bytes) {
        IndexFile file;
        try {
            file = IndexBuilder.build(
                    repository.config().store(), List.of(repository.packs().open(pack)));
        } catch (FormatException damaged) {
            return bytes;
        }
        return chunks(file);
    }

    /** Counts the chunks of an index file; answers how many bytes of its packs nothing needs. */
    private long chunks(IndexFile file) {
        List<IndexFile.Pack> listed = file.packs();
        Map<Long, Frame> frames = new HashMap<>();
        file.forEach((bytes, idAt, pack, frame, frameStored, offset, length, form) -> {
            BlobId id = BlobId.of(bytes, idAt);
            ChunkPlace best = repository.copies().find(id);
            boolean second = best != null
                    && (best.frameOffset() != frame
                            || !best.pack().equals(listed.get(pack).id()));
            Frame in = frames.computeIfAbsent((long) pack << 32 | frame, key -> new Frame(frameStored));
            in.raw += length;
            in.unneeded += second || !isReachable.test(id) ? length : 0;
            chunks++;
            raw += length;
        });
        long[] all = new long[listed.size()];
        long[] unneeded = new long[listed.size()];
        frames.forEach((key, frame) -> {
            int pack = (int) (key >>> 32);
            all[pack] += frame.stored;
            unneeded[pack] += frame.raw == 0 ? 0 : frame.stored * frame.unneeded / frame.raw;
        });
        long sum = 0;
        for (int pack = 0; pack < all.length; pack++) {
            // headers and directory go by the same part
            sum += all[pack] == 0 ? 0 : listed.get(pack).sizeBytes() * unneeded[pack] / all[pack];
        }
        return sum;
    }
}
