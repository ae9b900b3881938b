package io.stripeline.dedup.store;

import io.stripeline.dedup.index.ChunkIndex;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.snapshot.BlobId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which copy of a chunk is to be used. The index knows one copy; where that one is better not used, condemned or in a
 * pack that is damaged, another one is kept here. Costs nothing while all is well. Thread-safe.
 */
final class Copies {
    private final ChunkIndex index;
    private final Map<BlobId, ChunkPlace> better = new ConcurrentHashMap<>();
    /** Packs that something was wrong with: nothing new shall refer to them, though most of one may be whole. */
    private final Set<BlobId> damaged = ConcurrentHashMap.newKeySet();
    /** Packs without an index file: readers may use them, but prune would take them for leftovers. */
    private final Set<BlobId> unindexed = ConcurrentHashMap.newKeySet();

    private volatile Condemned condemned = new Condemned();

    Copies(ChunkIndex index) {
        this.index = index;
    }

    /** The best copy known; null where none is. */
    @Nullable
    ChunkPlace find(BlobId id) {
        ChunkPlace place = better.isEmpty() ? null : better.get(id);
        return place != null ? place : index.find(id);
    }

    /** Whether something new may refer to this copy. */
    boolean isSound(ChunkPlace copy, BlobId id) {
        return faults(copy.pack(), id) == 0;
    }

    private int faults(BlobId pack, BlobId id) {
        return faults(pack, id, !unindexed.contains(pack));
    }

    /** 0 for a sound copy; of two others the one with less is to be read: a condemned one may be whole. */
    private int faults(BlobId pack, BlobId id, boolean named) {
        return damaged.contains(pack) ? 3 : condemned.has(pack, id) ? 2 : named ? 0 : 1;
    }

    /** Whether the best copy known is in a pack that no index file names. */
    boolean isOutsideIndex(BlobId id) {
        if (unindexed.isEmpty()) {
            return false;
        }
        ChunkPlace place = find(id);
        return place == null || unindexed.contains(place.pack());
    }

    /** Whether any copy is better not used. */
    boolean areAnyAvoided() {
        return !damaged.isEmpty() || !unindexed.isEmpty() || !condemned.isEmpty();
    }

    void condemned(Condemned next) {
        condemned = next;
    }

    /** Remembers that a pack is damaged; false where that is known. */
    boolean damaged(BlobId pack) {
        return damaged.add(pack);
    }

    /** Whether a copy in one damaged pack may have been hidden by another damaged pack. */
    boolean areManyDamaged() {
        return damaged.size() > 1;
    }

    /** Takes the packs of an index file in; {@code named} is false where the file was made here from the packs. */
    void add(IndexFile file, boolean named) {
        if (areAnyAvoided() || !named) {
            keep(file, named);
        }
        index.add(file);
        for (IndexFile.Pack pack : file.packs()) {
            if (named) {
                unindexed.remove(pack.id());
            } else {
                unindexed.add(pack.id());
            }
        }
        if (areAnyAvoided()) {
            prefer(file);
        }
    }

    /** Keeps the known copies that are better than what the file may put in their place. */
    private void keep(IndexFile file, boolean named) {
        file.forEach((bytes, at, pack, frame, stored, offset, length, form) -> {
            BlobId id = BlobId.of(bytes, at);
            ChunkPlace known = find(id);
            if (known != null
                    && faults(known.pack(), id) < faults(file.packs().get(pack).id(), id, named)) {
                better.put(id, known);
            }
        });
    }

    /** Takes from an index file the copies that are better than those known. */
    void prefer(IndexFile file) {
        file.forEach((bytes, at, pack, frame, stored, offset, length, form) -> {
            BlobId id = BlobId.of(bytes, at);
            ChunkPlace known = find(id);
            BlobId other = file.packs().get(pack).id();
            if (known != null && faults(other, id) < faults(known.pack(), id)) {
                better.put(id, new ChunkPlace(other, frame, stored, offset, length));
            }
        });
    }
}
