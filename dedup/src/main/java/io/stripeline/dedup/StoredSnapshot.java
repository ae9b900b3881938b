package io.stripeline.dedup;

import io.stripeline.snapshot.SnapshotRoot;

/**
 * One snapshot of the store: of a set, one shard.
 *
 * @param id name of its root
 * @param root who, what, when
 */
public record StoredSnapshot(String id, SnapshotRoot root) {
    /** The first eight digits, for people. */
    public String shortId() {
        return id.substring(0, Math.min(8, id.length()));
    }
}
