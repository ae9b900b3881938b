package io.stripeline.scan;

import io.stripeline.Shard;

/**
 * Which shard owns what: a pure function of inode numbers (hash) or paths (subtree), the same on every host and in
 * every run, since shards run as jobs that know nothing of each other.
 *
 * <p>Hash: the inode number of the directory entry, mixed, modulo n. Subtree: a directory belongs to the shard that the
 * hash of its path names, down to depth {@link #SPLIT_DEPTH}; below, to the shard of its ancestor there. Its entries'
 * rows go with the directory that holds them. Every shard lists the few directories above the split to find its own.
 */
final class ShardRule {
    /** Components below the root where subtrees are dealt out: /project/user, where large trees fan out. */
    static final int SPLIT_DEPTH = 2;

    private final Shard shard;

    ShardRule(Shard shard) {
        this.shard = shard;
    }

    Shard.By by() {
        return shard.isAll() ? Shard.By.SUBTREE : shard.by();
    }

    boolean ownsInode(long ino) {
        return owns(mix(ino));
    }

    /** Hash of the root's path. */
    static long rootHash() {
        return 0x9E3779B97F4A7C15L;
    }

    /** Hash of a path from that of its directory and its last component (FNV-1a, 64 bit). */
    static long childHash(long parentHash, byte[] name) {
        long hash = mix(parentHash) ^ 0xCBF29CE484222325L;
        for (byte b : name) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    /** True where the rows of a directory of this depth and path belong here. */
    boolean ownsDirectory(int depth, long pathHash, boolean parentOwned) {
        return shard.isAll() || (depth > SPLIT_DEPTH ? parentOwned : owns(mix(pathHash)));
    }

    /** True where the directory can hold anything of this shard. */
    boolean enters(int depth, boolean owned) {
        return owned || depth < SPLIT_DEPTH || by() == Shard.By.HASH;
    }

    private boolean owns(long hash) {
        return Long.remainderUnsigned(hash, shard.count()) == shard.index() - 1;
    }

    /** Every bit of the input moves every bit of the output: the finalizer of SplitMix64 (Steele et al., 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
