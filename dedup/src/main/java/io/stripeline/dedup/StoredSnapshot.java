package io.stripeline.dedup;

import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.SnapshotRoot;

/**
 * One snapshot of the store: of a set, one shard.
 *
 * @param id name of its root
 * @param root who, what, when
 * @param order its place among all: when it began by its own host's clock, but never before those that it was compared
 *     with, which a clock that was put back would make the newer ones
 */
public record StoredSnapshot(String id, SnapshotRoot root, Timestamp order) {
    /** The first eight digits, for people. */
    public String shortId() {
        return id.substring(0, Math.min(8, id.length()));
    }
}
