package io.stripeline.dedup;

import io.stripeline.Shard;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.Counts;
import io.stripeline.snapshot.SnapshotRoot;
import io.stripeline.snapshot.Tables;
import java.util.List;

/** Roots of snapshots that a test writes by itself, of the tree that {@link MemoryTree} is. */
final class MemoryRoot {
    private MemoryRoot() {}

    static SnapshotRoot of(Counts counts, Tables tables) {
        Timestamp now = new Timestamp(1, 0);
        return new SnapshotRoot(
                "test",
                "host",
                "user",
                "memory",
                List.of(MemoryTree.ID),
                RawPath.of("/tree"),
                now,
                now,
                "set",
                Shard.ALL,
                List.of(),
                List.of(),
                true,
                false,
                false,
                List.of(),
                counts,
                List.of(tables));
    }
}
