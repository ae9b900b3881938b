package io.stripeline.snapshot;

import io.stripeline.inode.RawPath;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares two snapshots in order of rows, skipping the blocks that they share: the cost is that of what differs. Not
 * thread-safe; blocks while it reads blobs.
 *
 * <p>Access times, birth times and allocated blocks are not compared. A hard link's content is that of the name it
 * links to.
 */
public final class Diff {
    private final SnapshotSet before;
    private final SnapshotSet after;
    private final DiffSide left;
    private final DiffSide right;
    private final boolean canSkip;

    private Diff(SnapshotSet before, SnapshotSet after, RawPath from) {
        this.before = before;
        this.after = after;
        this.left = new DiffSide(before.rows(from));
        this.right = new DiffSide(after.rows(from));
        this.canSkip = left.rows instanceof TableRows && right.rows instanceof TableRows && sameNumbers();
    }

    /** Compares what is at and below {@code from}. */
    public static Diff of(SnapshotSet before, SnapshotSet after, RawPath from) {
        return new Diff(before, after, from);
    }

    /** Equal bytes mean equal rows only if the numbers of filesystems mean the same. */
    private boolean sameNumbers() {
        var a = before.shards().get(0).root().filesystems();
        var b = after.shards().get(0).root().filesystems();
        int both = Math.min(a.size(), b.size());
        return a.subList(0, both).equals(b.subList(0, both));
    }

    /**
     * The next difference; null at the end.
     *
     * @throws FormatException where rows of one of the two, or what was recorded of one, are damaged; the next call goes
     *     on. What only the other one has in these directories is no difference.
     */
    public @Nullable Difference next() {
        while (true) {
            if (canSkip && left.isBetween() && right.isBetween()) {
                TableRows.skipSame((TableRows) left.rows, (TableRows) right.rows);
            }
            left.pull();
            right.pull();
            if (left.pass(right) || right.pass(left)) {
                continue;
            }
            Row a = left.row;
            Row b = right.row;
            if (a == null && b == null) {
                return null;
            }
            int order = DiffSide.compare(left, right);
            if (order <= 0) {
                left.row = null;
            }
            if (order >= 0) {
                right.row = null;
            }
            Difference found = order < 0 ? removed(a) : order > 0 ? added(b) : changed(a, b);
            if (found != null) {
                return found;
            }
        }
    }

    private @Nullable Difference removed(@Nullable Row row) {
        Row there = Objects.requireNonNull(row);
        return right.mayMiss(there) ? null : new Difference.Removed(there);
    }

    private @Nullable Difference added(@Nullable Row row) {
        Row there = Objects.requireNonNull(row);
        return left.mayMiss(there) ? null : new Difference.Added(there);
    }

    private @Nullable Difference changed(@Nullable Row a, @Nullable Row b) {
        Row x = Objects.requireNonNull(a);
        Row y = Objects.requireNonNull(b);
        try {
            Set<Difference.What> what = compare(x, y);
            return what.isEmpty() ? null : new Difference.Changed(x, y, what);
        } catch (FormatException damaged) {
            throw new FormatException(y.path() + " cannot be compared: " + damaged.getMessage(), damaged);
        }
    }

    private Set<Difference.What> compare(Row a, Row b) {
        Set<Difference.What> what = EnumSet.noneOf(Difference.What.class);
        var x = a.inode();
        var y = b.inode();
        add(what, Difference.What.TYPE, x.type() == y.type());
        add(what, Difference.What.IDENTITY, sameIdentity(a, b));
        add(what, Difference.What.SIZE, x.sizeBytes() == y.sizeBytes());
        add(what, Difference.What.MODE, x.permissions() == y.permissions());
        add(what, Difference.What.OWNER, x.uid() == y.uid() && x.gid() == y.gid());
        add(what, Difference.What.MTIME, x.mtime().equals(y.mtime()));
        add(what, Difference.What.CTIME, x.ctime().equals(y.ctime()));
        add(what, Difference.What.NLINK, x.nlink() == y.nlink());
        add(what, Difference.What.ATTRIBUTES, x.rdev() == y.rdev() && sameExtra(a, b));
        if (a.rows().hasContent() && b.rows().hasContent()) {
            add(what, Difference.What.OUTCOME, a.state().outcome() == b.state().outcome());
            add(what, Difference.What.CONTENT, sameContent(a, b));
        }
        return what;
    }

    private static boolean sameIdentity(Row a, Row b) {
        return a.rows().idLow(a.index()) == b.rows().idLow(b.index())
                && a.rows().idHigh(a.index()) == b.rows().idHigh(b.index())
                && a.fileSystemId().equals(b.fileSystemId());
    }

    /** A row that is a link has no attributes of its own: they stand with the content. */
    private boolean sameExtra(Row a, Row b) {
        Row x = isLink(a) ? before.resolve(a) : a;
        Row y = isLink(b) ? after.resolve(b) : b;
        return x != null && y != null && x.rows().sameExtra(x.index(), y.rows(), y.index());
    }

    private static boolean isLink(Row row) {
        return row.rows().hasContent() && row.content().kind() == Content.Kind.LINK;
    }

    private boolean sameContent(Row a, Row b) {
        if (a.content().equals(b.content()) && a.content().kind() != Content.Kind.LINK) {
            return true;
        }
        Row x = before.resolve(a);
        Row y = after.resolve(b);
        return x != null && y != null && x.content().equals(y.content());
    }

    private static void add(Set<Difference.What> what, Difference.What kind, boolean same) {
        if (!same) {
            what.add(kind);
        }
    }
}
