package io.stripeline;

/**
 * One of {@code count} disjoint parts of a namespace, counted from 1 and written {@code i/n}.
 *
 * <p>A shard is a pure function of the namespace: N jobs that know nothing of each other and take {@code 1/N} to {@code
 * N/N} cover everything once.
 *
 * @param index 1 to {@code count}
 * @param count number of shards, at least 1
 * @param by how entries are assigned
 */
public record Shard(int index, int count, By by) {
    /** How entries are assigned to shards. */
    public enum By {
        /**
         * By inode number, known from the directory entry before any stat: even, all hard links of an inode in one
         * shard, but every shard traverses every directory.
         */
        HASH,
        /** By directory near the root: a shard traverses only its own subtrees and shares no directory with others. */
        SUBTREE
    }

    /** Everything: one shard of one. */
    public static final Shard ALL = new Shard(1, 1, By.SUBTREE);

    public Shard {
        if (count < 1 || index < 1 || index > count) {
            throw new IllegalArgumentException(
                    "A shard is i/n with 1 <= i <= n, for example 3/16, not " + index + "/" + count);
        }
    }

    /** Reads {@code i/n}. */
    public static Shard parse(String text, By by) {
        int slash = text.indexOf('/');
        try {
            return new Shard(
                    Integer.parseInt(text.substring(0, Math.max(slash, 0)).trim()),
                    Integer.parseInt(text.substring(slash + 1).trim()),
                    by);
        } catch (NumberFormatException notNumbers) {
            throw new IllegalArgumentException(
                    "A shard is i/n with 1 <= i <= n, for example 3/16, not '" + text + "'", notNumbers);
        }
    }

    public boolean isAll() {
        return count == 1;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
