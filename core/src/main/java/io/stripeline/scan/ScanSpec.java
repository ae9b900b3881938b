package io.stripeline.scan;

import io.stripeline.Shard;
import io.stripeline.inode.InodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to walk and how. Immutable; each {@code with}-like verb returns a copy.
 *
 * @param shard the part of the namespace
 * @param includes globs; empty means everything. A file is taken when one matches; directories are always traversed
 *     unless excluded
 * @param excludes globs; a directory that matches is neither reported nor entered
 * @param oneFileSystem do not enter a directory on another filesystem than the root; the mount point's own row is kept
 * @param skipped identities never reported nor entered: the own store or target; a root at or below one is refused
 * @param workers most requests in flight; 0 lets the engine adapt it from 4 x cores, at least 16, to 256
 * @param gate asked about everything that passes the rest, null where nobody is
 */
public record ScanSpec(
        Shard shard,
        List<Glob> includes,
        List<Glob> excludes,
        boolean oneFileSystem,
        Set<InodeId> skipped,
        int workers,
        @Nullable Gate gate) {
    public ScanSpec {
        includes = List.copyOf(includes);
        excludes = List.copyOf(excludes);
        skipped = Set.copyOf(skipped);
        if (workers < 0 || workers > 1024) {
            throw new IllegalArgumentException("workers must be 0 to 1024, not " + workers);
        }
    }

    /** Everything below the root. */
    public static ScanSpec all() {
        return new ScanSpec(Shard.ALL, List.of(), List.of(), false, Set.of(), 0, null);
    }

    public ScanSpec shard(Shard part) {
        return new ScanSpec(part, includes, excludes, oneFileSystem, skipped, workers, gate);
    }

    public ScanSpec include(String glob) {
        return new ScanSpec(shard, plus(includes, Glob.parse(glob)), excludes, oneFileSystem, skipped, workers, gate);
    }

    public ScanSpec exclude(String glob) {
        return new ScanSpec(shard, includes, plus(excludes, Glob.parse(glob)), oneFileSystem, skipped, workers, gate);
    }

    public ScanSpec oneFileSystem(boolean stay) {
        return new ScanSpec(shard, includes, excludes, stay, skipped, workers, gate);
    }

    public ScanSpec skip(Set<InodeId> identities) {
        return new ScanSpec(shard, includes, excludes, oneFileSystem, identities, workers, gate);
    }

    public ScanSpec workers(int most) {
        return new ScanSpec(shard, includes, excludes, oneFileSystem, skipped, most, gate);
    }

    public ScanSpec gate(Gate asked) {
        return new ScanSpec(shard, includes, excludes, oneFileSystem, skipped, workers, asked);
    }

    private static List<Glob> plus(List<Glob> globs, Glob one) {
        List<Glob> out = new ArrayList<>(globs);
        out.add(one);
        return out;
    }
}
