package io.stripeline.dedup;

import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.SnapshotRoot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The snapshots that carry one set id: the shards of one backup. A backup that was not sharded is a set of one.
 *
 * @param id of the set
 * @param shards what is there of it, by index; never empty
 */
public record StoredSet(String id, List<StoredSnapshot> shards) {
    public StoredSet {
        shards = List.copyOf(shards);
    }

    /** Number of shards that make the set complete. */
    public int count() {
        return shards.get(0).root().shard().count();
    }

    /**
     * True where every shard is there, none is a checkpoint of a run that did not end, and all are of one tree on one
     * filesystem, divided in one way: others overlap, and leave gaps.
     */
    public boolean isComplete() {
        return shards.size() == count() && missing().isEmpty();
    }

    /** Indexes of the shards that are not there, or only as a checkpoint, or of another tree or division. */
    public List<Integer> missing() {
        BitSet there = new BitSet();
        Division division = Division.of(any());
        for (StoredSnapshot shard : shards) {
            if (!shard.root().partial() && Division.of(shard.root()).equals(division)) {
                there.set(shard.root().shard().index());
            }
        }
        List<Integer> out = new ArrayList<>();
        for (int i = 1; i <= count(); i++) {
            if (!there.get(i)) {
                out.add(i);
            }
        }
        return out;
    }

    /** The place of its last shard: {@link StoredSnapshot#order()}. */
    public Timestamp order() {
        return shards.stream()
                .map(StoredSnapshot::order)
                .max(Timestamp::compareTo)
                .orElseThrow();
    }

    /** The root of any shard: kind, filesystem, path and tags are the same in all. */
    public SnapshotRoot any() {
        return shards.get(0).root();
    }
}
