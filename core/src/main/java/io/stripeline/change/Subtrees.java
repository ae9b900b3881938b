package io.stripeline.change;

import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.Gate;
import java.nio.file.Path;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The directories that are scanned again with all below them, found by one walk however many they are: it enters only
 * these and those on the way to them. Thread-safe once filled.
 */
final class Subtrees implements AutoCloseable {
    private final PathSet tops;
    private final PathSet above;

    Subtrees(Path directory) {
        tops = new PathSet(directory);
        above = new PathSet(directory);
    }

    void add(RawPath top) {
        tops.add(top.toBytes());
        RawPath at = top;
        while (!at.isRoot()) {
            at = at.parent();
            if (!above.add(at.toBytes())) {
                return;
            }
        }
    }

    boolean isEmpty() {
        return tops.isEmpty();
    }

    /** True for a directory of these, and for everything below one. */
    boolean covers(RawPath path) {
        if (tops.isEmpty()) {
            return false;
        }
        RawPath at = path;
        while (!tops.contains(at.toBytes())) {
            if (at.isRoot()) {
                return false;
            }
            at = at.parent();
        }
        return true;
    }

    private boolean leads(InodeBatch batch, int row) {
        return above.contains(batch.path(row).toBytes());
    }

    Rows rows() {
        return new Rows();
    }

    /** Asked for one row after the other; remembers the last directory, since rows of one come together. */
    final class Rows {
        private @Nullable Dir last;
        private boolean lastCovered;

        boolean covers(InodeBatch batch, int row) {
            Dir dir = batch.dir(row);
            if (dir != last) {
                lastCovered = Subtrees.this.covers(dir.path());
                last = dir;
            }
            return lastCovered
                    || isDirectory(batch, row) && tops.contains(batch.path(row).toBytes());
        }
    }

    private static boolean isDirectory(InodeBatch batch, int row) {
        return (batch.mode(row) & FileType.MASK) == FileType.DIRECTORY.bits();
    }

    /**
     * A gate that lets a walk see these and others only, and what leads to them, and then asks {@code inner} about that.
     * Rows that merely lead to them are still reported.
     *
     * @param progress counts what {@code inner} leaves out
     */
    Gate gate(Subtrees others, @Nullable Gate inner, Progress progress) {
        return (rows, taken, entered) -> {
            Rows mine = rows();
            Rows theirs = others.rows();
            for (int row = 0; row < rows.size(); row++) {
                boolean covered = mine.covers(rows, row) || theirs.covers(rows, row);
                if (!covered && !(isDirectory(rows, row) && (leads(rows, row) || others.leads(rows, row)))) {
                    taken.clear(row);
                    entered.clear(row);
                }
            }
            if (inner != null && !taken.isEmpty()) {
                int asked = taken.cardinality();
                ask(inner, rows, taken, entered);
                progress.add(Counter.SKIPPED, asked - taken.cardinality());
            }
        };
    }

    private static void ask(Gate inner, InodeBatch rows, BitSet taken, BitSet entered) {
        InodeBatch left = rows.only(taken);
        BitSet innerTaken = new BitSet();
        BitSet innerEntered = new BitSet();
        innerTaken.set(0, left.size());
        innerEntered.set(0, left.size());
        inner.ask(left, innerTaken, innerEntered);
        int at = 0;
        for (int row = taken.nextSetBit(0); row >= 0; row = taken.nextSetBit(row + 1)) {
            entered.set(row, entered.get(row) && innerEntered.get(at));
            taken.set(row, innerTaken.get(at));
            at++;
        }
    }

    @Override
    public void close() {
        tops.close();
        above.close();
    }
}
