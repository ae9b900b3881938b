package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the directory tables of a snapshot's layers as one: the newest wins, what it marks as deleted is left out. What is
 * damaged in one layer is passed over there, and said once.
 */
final class LayeredCursor {
    private final List<TableCursor> layers = new ArrayList<>();
    private @Nullable TableCursor current;

    /** A cursor that goes to the first entry whose key is not before {@code from}. Reads nothing yet. */
    LayeredCursor(List<Table> tables, byte[] from) {
        tables.forEach(table -> layers.add(new TableCursor(table, from)));
    }

    /**
     * The table cursor at the current entry; null at the end.
     *
     * @throws MissingRowsException where a node on the way is damaged; the next call goes on behind it
     */
    @Nullable
    TableCursor current() {
        while (current == null) {
            TableCursor least = null;
            for (TableCursor layer : layers) {
                layer.settle();
                if (!layer.isEnded() && (least == null || Arrays.compareUnsigned(layer.key(), least.key()) < 0)) {
                    least = layer;
                }
            }
            if (least == null || !least.isMark()) {
                current = least;
                return least;
            }
            pass(least.key());
        }
        return current;
    }

    private void pass(byte[] key) {
        for (TableCursor layer : layers) {
            if (!layer.isEnded() && Arrays.equals(layer.key(), key)) {
                layer.advance();
            }
        }
    }

    /** Leaves the current entry. Reads nothing. */
    void advance() {
        if (current != null) {
            pass(current.key());
            current = null;
        }
    }

    /** Skips what two cursors have in common from here; false where nothing could be skipped. */
    static boolean skipSame(LayeredCursor a, LayeredCursor b) {
        TableCursor left = a.current();
        TableCursor right = b.current();
        if (left == null || right == null) {
            return false;
        }
        if (a.layers.size() == 1 && b.layers.size() == 1 && TableCursor.skipSame(left, right)) {
            a.current = null;
            b.current = null;
            return true;
        }
        if (Arrays.equals(left.key(), right.key()) && left.sameValue(right)) {
            a.advance();
            b.advance();
            return true;
        }
        return false;
    }
}
