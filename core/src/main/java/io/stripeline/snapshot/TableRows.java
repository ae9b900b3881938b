package io.stripeline.snapshot;

import io.stripeline.inode.Dir;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The rows of one snapshot at and below one directory, or in it alone. */
final class TableRows implements RowStream {
    private final SnapshotReader snapshot;
    private final byte[] top;
    private final boolean recursive;
    private final LayeredCursor cursor;
    private byte[] key = new byte[0];
    private Dir dir = Dir.root();
    private @Nullable Rows rows;
    private int at;
    private boolean ended;
    /** Met while two streams were compared, and to be told by {@link #next()}. */
    private @Nullable MissingRowsException met;

    TableRows(SnapshotReader snapshot, byte[] top, boolean recursive) {
        this.snapshot = snapshot;
        this.top = top;
        this.recursive = recursive;
        this.cursor = snapshot.cursor(top);
    }

    @Override
    public @Nullable Row next() {
        while (rows == null || at == rows.size()) {
            rows = null;
            TableCursor part = ended ? null : part();
            if (part == null) {
                return null;
            }
            byte[] directory = directory(part);
            if (!Arrays.equals(directory, key)) {
                dir = directory(directory);
                key = directory;
            }
            Decoder value = part.value();
            cursor.advance(); // first: if the rows are damaged, the next call goes on behind them
            rows = open(value);
            at = 0;
        }
        return new Row(snapshot, key, dir, rows, at++);
    }

    private static byte[] directory(TableCursor part) {
        return Arrays.copyOf(part.key(), Keys.directoryLength(part.key()));
    }

    /** The current part; null behind the last one. */
    private @Nullable TableCursor part() {
        TableCursor part = look() ? cursor.current() : null;
        MissingRowsException damaged = met;
        met = null;
        if (damaged != null && isWanted(damaged.firstKey())) {
            throw damaged;
        }
        // where something else is damaged, nothing of what is behind it is wanted either
        ended = part == null || !isWanted(directory(part));
        return ended ? null : part;
    }

    /** True where the cursor knows its part, or that there is none; false where something on the way is damaged. */
    private boolean look() {
        if (met != null) {
            return false;
        }
        try {
            cursor.current();
            return true;
        } catch (MissingRowsException damaged) {
            met = damaged;
            return false;
        }
    }

    private boolean isWanted(byte[] directory) {
        return recursive ? Keys.isBelowOrEqual(directory, top) : Arrays.equals(directory, top);
    }

    private Rows open(Decoder value) {
        try {
            return snapshot.open(value);
        } catch (FormatException damaged) {
            throw MissingRowsException.of(key, damaged);
        }
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
        while (between && a.look() && b.look() && LayeredCursor.skipSame(a.cursor, b.cursor)) {
            a.rows = null;
            b.rows = null;
        }
    }
}
