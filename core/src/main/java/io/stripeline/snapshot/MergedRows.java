package io.stripeline.snapshot;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The rows of several shards in one order, each name once. Rows that are missing in one shard are told of in their place. */
final class MergedRows implements RowStream {
    /** A shard's next row, or what is missing of it next. */
    private record Head(@Nullable Row row, @Nullable MissingRowsException missing, RowStream rest)
            implements Comparable<Head> {
        byte[] directoryKey() {
            return row != null
                    ? row.directoryKey()
                    : java.util.Objects.requireNonNull(missing).firstKey();
        }

        @Override
        public int compareTo(Head other) {
            if (row != null && other.row != null) {
                return row.compareTo(other.row);
            }
            int byKey = Arrays.compareUnsigned(directoryKey(), other.directoryKey());
            return byKey != 0 ? byKey : Boolean.compare(row != null, other.row != null);
        }
    }

    private final PriorityQueue<Head> heads;
    /** Streams whose next row is not among the heads yet; one that fails stays, and is asked again. */
    private final ArrayDeque<RowStream> behind;

    MergedRows(List<RowStream> streams) {
        heads = new PriorityQueue<>(streams.size());
        behind = new ArrayDeque<>(streams);
    }

    @Override
    public @Nullable Row next() {
        while (!behind.isEmpty()) {
            pull(behind.element());
            behind.remove();
        }
        Head head = heads.poll();
        if (head == null) {
            return null;
        }
        behind.add(head.rest);
        if (head.missing != null) {
            throw head.missing;
        }
        Row best = java.util.Objects.requireNonNull(head.row);
        for (Head next = heads.peek(); next != null; next = heads.peek()) {
            Row same = next.row;
            if (same == null || same.compareTo(best) != 0) {
                break;
            }
            behind.add(heads.remove().rest);
            best = SnapshotSet.isBetter(same, best) ? same : best;
        }
        return best;
    }

    private void pull(RowStream stream) {
        try {
            Row row = stream.next();
            if (row != null) {
                heads.add(new Head(row, null, stream));
            }
        } catch (MissingRowsException missing) {
            heads.add(new Head(null, missing, stream));
        }
    }
}
