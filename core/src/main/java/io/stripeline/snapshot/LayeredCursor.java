package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the directory tables of a snapshot's layers as one: the newest wins, what it marks as deleted is left out. */
final class LayeredCursor {
    private final List<TableCursor> layers = new ArrayList<>();
    private @Nullable TableCursor current;

    /** A cursor at the first entry whose key is not before {@code from}. */
    LayeredCursor(List<Table> tables, byte[] from) {
        tables.forEach(table -> layers.add(new TableCursor(table, from)));
        settle();
    }

    private void settle() {
        while (true) {
            current = null;
            for (TableCursor layer : layers) {
                if (!layer.isEnded() && (current == null || Arrays.compareUnsigned(layer.key(), current.key()) < 0)) {
                    current = layer;
                }
            }
            if (current == null || !current.isMark()) {
                return;
            }
            pass(current.key());
        }
    }

    private void pass(byte[] key) {
        for (TableCursor layer : layers) {
            if (!layer.isEnded() && Arrays.equals(layer.key(), key)) {
                layer.advance();
            }
        }
    }

    /** The table cursor at the current entry; null at the end. */
    @Nullable
    TableCursor current() {
        return current;
    }

    void advance() {
        if (current != null) {
            pass(current.key());
            settle();
        }
    }

    /** Skips what two cursors have in common from here; false where nothing could be skipped. */
    static boolean skipSame(LayeredCursor a, LayeredCursor b) {
        TableCursor left = a.current;
        TableCursor right = b.current;
        if (left == null || right == null) {
            return false;
        }
        if (a.layers.size() == 1 && b.layers.size() == 1 && TableCursor.skipSame(left, right)) {
            a.settle();
            b.settle();
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
