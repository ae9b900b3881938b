package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.SnapshotRoot;

/**
 * Which tree was divided into shards, and how: only shards of one division are disjoint and cover the tree together.
 *
 * @param filesystem of the root of the tree
 * @param path of the root
 * @param count of shards
 * @param by how entries are assigned; means nothing where there is one shard
 */
record Division(FileSystemId filesystem, RawPath path, int count, Shard.By by) {
    private static Division of(FileSystemId filesystem, RawPath path, Shard shard) {
        return new Division(filesystem, path, shard.count(), shard.isAll() ? Shard.ALL.by() : shard.by());
    }

    static Division of(SnapshotRoot root) {
        return of(root.filesystems().get(0), root.path(), root.shard());
    }

    static Division of(BackupSource source, Shard shard) {
        return of(source.fileSystemId(), source.path(), shard);
    }

    boolean isOf(FileSystemId id, RawPath root) {
        return filesystem.equals(id) && path.equals(root);
    }

    /** For people: the filesystem only where it tells something, after all the rest. */
    String shard(int index) {
        String how = count == 1
                ? "all"
                : "shard " + index + "/" + count + " by " + by.name().toLowerCase(java.util.Locale.ROOT);
        return how + " of " + path + " on filesystem " + filesystem;
    }
}
