package io.stripeline.snapshot;

import java.util.Arrays;

/** Walks one table in order of keys. Holds one node per level. Not thread-safe. */
final class TableCursor {
    private final Table table;
    private final TableNode[] nodes;
    private final int[] places;
    private final int height;
    private boolean ended;
    private byte[] key = new byte[0];

    /** A cursor at the first entry whose key is not before {@code from}. */
    TableCursor(Table table, byte[] from) {
        this.table = table;
        TableRef ref = table.ref;
        height = ref == null ? 0 : ref.level() + 1;
        nodes = new TableNode[height];
        places = new int[height];
        if (ref == null) {
            ended = true;
            return;
        }
        BlobId id = ref.top();
        for (int level = height - 1; level >= 0; level--) {
            nodes[level] = table.node(id, level);
            int floor = Math.max(0, nodes[level].floor(from));
            places[level] = floor;
            if (level > 0) {
                id = nodes[level].child(floor);
            }
        }
        settle();
        if (!ended && Arrays.compareUnsigned(key, from) < 0) {
            advance();
        }
    }

    boolean isEnded() {
        return ended;
    }

    /** Key of the current entry. Do not change it. */
    byte[] key() {
        return key;
    }

    Decoder value() {
        return nodes[0].value(places[0]);
    }

    boolean isMark() {
        return nodes[0].valueLength(places[0]) == 0;
    }

    boolean sameValue(TableCursor other) {
        return nodes[0].sameValue(places[0], other.nodes[0], other.places[0]);
    }

    void advance() {
        advance(0);
    }

    /** Goes past the current node of {@code level - 1}, or the current entry for level 0. */
    private void advance(int level) {
        int at = level;
        while (at < height && ++places[at] == nodes[at].size) {
            at++;
        }
        if (at == height) {
            ended = true;
            return;
        }
        while (at > 0) {
            BlobId id = nodes[at].child(places[at]);
            at--;
            nodes[at] = table.node(id, at);
            places[at] = 0;
        }
        settle();
    }

    private void settle() {
        key = nodes[0].key(places[0]);
    }

    /**
     * Skips the largest node that both cursors are at the start of and that is the same blob. True where something was
     * skipped, and nothing of it need be compared.
     */
    static boolean skipSame(TableCursor a, TableCursor b) {
        if (a.ended || b.ended) {
            return false;
        }
        int level = 0;
        int best = 0;
        while (level + 1 < a.height && level + 1 < b.height && a.places[level] == 0 && b.places[level] == 0) {
            level++;
            if (a.nodes[level].child(a.places[level]).equals(b.nodes[level].child(b.places[level]))) {
                best = level;
            }
        }
        if (best == 0) {
            return false;
        }
        a.advance(best);
        b.advance(best);
        return true;
    }
}
