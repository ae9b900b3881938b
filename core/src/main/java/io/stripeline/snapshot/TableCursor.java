package io.stripeline.snapshot;

import java.util.Arrays;

/**
 * Walks one table in order of keys. Holds one node per level. {@link #settle()} alone reads nodes: where one is damaged
 * it fails, and is behind that node then, so that calling it again goes on. Not thread-safe.
 */
final class TableCursor {
    private final Table table;
    private final byte[] from;
    private final TableNode[] nodes;
    private final int[] places;
    private final int height;
    /** The lowest level whose node is the right one; 0 at an entry, {@link #height} where none is read. */
    private int lowest;

    private boolean ended;
    private byte[] key = new byte[0];

    /** A cursor that goes to the first entry whose key is not before {@code from}. Reads nothing yet. */
    TableCursor(Table table, byte[] from) {
        this.table = table;
        this.from = from;
        TableRef ref = table.ref;
        height = ref == null ? 0 : ref.level() + 1;
        nodes = new TableNode[height];
        places = new int[height];
        lowest = height;
        ended = ref == null;
    }

    /**
     * Goes down to the current entry.
     *
     * @throws MissingRowsException where a node is damaged; what stood in it is passed over
     */
    void settle() {
        while (!ended && lowest > 0) {
            descend();
        }
    }

    private void descend() {
        int level = lowest - 1;
        TableRef ref = java.util.Objects.requireNonNull(table.ref);
        TableNode node;
        try {
            node = table.node(lowest == height ? ref.top() : nodes[lowest].child(places[lowest]), level);
        } catch (FormatException damaged) {
            byte[] first = lowest == height ? from : nodes[lowest].key(places[lowest]);
            step(lowest);
            throw MissingRowsException.between(later(first, from), ended ? null : nextKey(), damaged);
        }
        nodes[level] = node;
        places[level] = Math.max(0, node.floor(from));
        lowest = level;
        if (level == 0) {
            key = node.key(places[0]);
            if (Arrays.compareUnsigned(key, from) < 0) {
                step(0);
            }
        }
    }

    private static byte[] later(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b) < 0 ? b : a;
    }

    private byte[] nextKey() {
        return nodes[lowest].key(places[lowest]);
    }

    boolean isEnded() {
        return ended;
    }

    /** Key of the current entry; this and what follows only after {@link #settle()}. Do not change it. */
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

    /** Leaves the current entry. Reads nothing. */
    void advance() {
        step(0);
    }

    /** Goes past the current node of {@code level - 1}, or the current entry for level 0. */
    private void step(int level) {
        int at = level;
        while (at < height && ++places[at] == nodes[at].size) {
            at++;
        }
        lowest = at;
        ended = at == height;
        if (at == 0 && !ended) {
            key = nodes[0].key(places[0]);
        }
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
        a.step(best);
        b.step(best);
        return true;
    }
}
