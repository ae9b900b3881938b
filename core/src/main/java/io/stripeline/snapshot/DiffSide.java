package io.stripeline.snapshot;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One of the two streams of a comparison: the row in hand, and where rows of it are missing. Not thread-safe. */
final class DiffSide {
    final RowStream rows;

    @Nullable
    Row row;

    private boolean ended;
    /** What is missing next; the other side is not there yet. */
    private @Nullable MissingRowsException missing;
    /** Rows of directories before this key may be missing; null for all. */
    private byte @Nullable [] missingTo = new byte[0];

    DiffSide(RowStream rows) {
        this.rows = rows;
    }

    /**
     * Sees to it that a row is in hand, or the end, or the next rows are missing.
     *
     * @throws MissingRowsException where that is met
     */
    void pull() {
        if (row != null || ended || missing != null) {
            return;
        }
        try {
            row = rows.next();
            ended = row == null;
        } catch (MissingRowsException met) {
            missing = met;
            throw met;
        }
    }

    /** Passes what is missing where the other side has come as far; false where there is nothing to pass. */
    boolean pass(DiffSide other) {
        MissingRowsException here = missing;
        byte[] there =
                other.row != null ? other.row.directoryKey() : other.missing != null ? other.missing.firstKey() : null;
        if (here == null || (there != null && Arrays.compareUnsigned(here.firstKey(), there) > 0)) {
            return false;
        }
        byte[] end = here.endKey();
        byte[] before = missingTo;
        missingTo = end == null || before == null || Arrays.compareUnsigned(before, end) < 0 ? end : before;
        missing = null;
        return true;
    }

    /** True where rows of a directory may be missing here, so that nobody can say that one is not there. */
    boolean mayMiss(Row others) {
        byte[] end = missingTo;
        return end == null || Arrays.compareUnsigned(others.directoryKey(), end) < 0;
    }

    /** Nothing in hand: both may go past what they share. */
    boolean isBetween() {
        return row == null && missing == null;
    }

    /** Order of what is in hand on two sides of which at most one is at missing rows. */
    static int compare(DiffSide a, DiffSide b) {
        Row x = a.row;
        Row y = b.row;
        if (x == null || y == null) {
            return x == null ? 1 : -1;
        }
        return x.compareTo(y);
    }
}
