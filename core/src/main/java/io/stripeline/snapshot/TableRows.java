package io.stripeline.snapshot;

import io.stripeline.inode.Dir;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The rows of one snapshot at and below one directory. */
final class TableRows implements RowStream {
    private final SnapshotReader snapshot;
    private final byte[] top;
    private final LayeredCursor cursor;
    private byte[] key = new byte[0];
    private Dir dir = Dir.root();
    private @Nullable Rows rows;
    private int at;

    TableRows(SnapshotReader snapshot, byte[] top) {
        this.snapshot = snapshot;
        this.top = top;
        this.cursor = snapshot.cursor(top);
    }

    @Override
    public @Nullable Row next() {
        while (rows == null || at == rows.size()) {
            TableCursor part = cursor.current();
            if (part == null) {
                return null;
            }
            byte[] directory = Arrays.copyOf(part.key(), Keys.directoryLength(part.key()));
            if (!Keys.isBelowOrEqual(directory, top)) {
                return null;
            }
            if (!Arrays.equals(directory, key)) {
                dir = directory(directory);
                key = directory;
            }
            rows = null;
            Decoder value = part.value();
            cursor.advance(); // first: if the rows are damaged, the next call goes on behind them
            rows = snapshot.open(value);
            at = 0;
        }
        return new Row(snapshot, key, dir, rows, at++);
    }

    /** Shares the objects of all directories on the way with the one before. */
    private Dir directory(byte[] wanted) {
        Dir shared = dir;
        int length = key.length;
        while (!Keys.isBelowOrEqual(wanted, Arrays.copyOf(key, length))) {
            length = Math.max(0, length - shared.name().length - 1);
            shared = java.util.Objects.requireNonNull(shared.parent());
        }
        for (int from = length == 0 ? 0 : length + 1; from < wanted.length; ) {
            int end = from;
            while (end < wanted.length && wanted[end] != 0) {
                end++;
            }
            shared = shared.child(Arrays.copyOfRange(wanted, from, end));
            from = end + 1;
        }
        return shared;
    }

    /** Skips the parts that two streams have in common from here, where both are between two parts. */
    static void skipSame(TableRows a, TableRows b) {
        boolean between = (a.rows == null || a.at == a.rows.size()) && (b.rows == null || b.at == b.rows.size());
        while (between && LayeredCursor.skipSame(a.cursor, b.cursor)) {
            a.rows = null;
            b.rows = null;
        }
    }
}
