package io.stripeline.snapshot;

import io.stripeline.inode.RawPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one set as one namespace; a set of one is a plain snapshot. Rows are merged by name, so shards by
 * subtree and shards by hash both work; a name that several shards recorded (the way to their subtrees) comes once.
 * Thread-safe; its streams are not.
 */
public final class SnapshotSet {
    private final List<SnapshotReader> shards;

    private SnapshotSet(List<SnapshotReader> shards) {
        this.shards = List.copyOf(shards);
    }

    public static SnapshotSet of(List<SnapshotReader> shards) {
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("A set has at least one shard");
        }
        return new SnapshotSet(shards);
    }

    public List<SnapshotReader> shards() {
        return shards;
    }

    /** Totals of all shards; what several of them recorded counts several times. */
    public Counts counts() {
        Counts sum = Counts.ZERO;
        for (SnapshotReader shard : shards) {
            sum = sum.plus(shard.root().counts());
        }
        return sum;
    }

    /**
     * The row of a path; null where no shard has it. Damage of one shard only matters where no other has a good row.
     */
    public @Nullable Row find(RawPath path) {
        Row best = null;
        FormatException damage = null;
        for (SnapshotReader shard : shards) {
            try {
                Row row = shard.find(path);
                best = best == null || (row != null && isBetter(row, best)) ? row : best;
            } catch (FormatException damaged) {
                damage = damage == null ? damaged : damage;
            }
        }
        if (damage != null && (best == null || !isGood(best))) {
            throw damage;
        }
        return best;
    }

    /** True for a row that was kept and can be read. */
    private static boolean isGood(Row row) {
        try {
            return row.state().outcome() != RowState.Kept.FAILED;
        } catch (FormatException damaged) {
            return false;
        }
    }

    /** Of two rows of one name; where what was recorded of them is damaged, the one that is not. */
    static boolean isBetter(Row row, Row than) {
        return !isGood(than) && isGood(row);
    }

    /** The row of a path and all rows below it; nothing where the path is not there. */
    public RowStream rows(RawPath from) {
        return merge(shards.stream().map(shard -> shard.rows(from)).toList());
    }

    /** Only the rows in one directory; the root's own row comes first in the root. */
    public RowStream list(RawPath directory) {
        return merge(shards.stream().map(shard -> shard.list(directory)).toList());
    }

    private static RowStream merge(List<RowStream> streams) {
        return streams.size() == 1 ? streams.get(0) : new MergedRows(streams);
    }

    /**
     * The row that holds the content of {@code row}: itself, or for a link the row that it names.
     *
     * @return null where the named row is missing: the snapshot is damaged, or a shard of the set is missing
     */
    public @Nullable Row resolve(Row row) {
        Content content = row.content();
        return content.kind() == Content.Kind.LINK ? follow(content) : row;
    }

    /** The row that holds the content that {@code link} names; null where it is missing. */
    public @Nullable Row follow(Content link) {
        Content at = link;
        for (int hops = 0; hops < 8; hops++) {
            Row row = find(Keys.path(at.linkKey(shards.get(0).blobs())));
            if (row == null || row.content().kind() != Content.Kind.LINK) {
                return row;
            }
            at = row.content();
        }
        throw new FormatException("Links of a snapshot lead in a circle, one of them to "
                + Keys.path(at.linkKey(shards.get(0).blobs())));
    }
}
