package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.Content;
import java.nio.ByteBuffer;

/**
 * Cuts the bytes of one file after the other into chunks. Keeps at most one longest chunk and one slab of bytes that are
 * not cut yet. One thread.
 */
final class FileChunks {
    private final ChunkTasks tasks;
    private final Cutter cutter;
    private byte[] window;
    private int from;
    private int to;

    /**
     * Finds cuts.
     *
     * <p>{@code cut(bytes, from, to)} answers the length of the chunk that starts at {@code from}; if it is {@code to -
     * from} the cut may lie beyond.
     */
    interface Cutter {
        int cut(byte[] bytes, int from, int to);

        /** No chunk is longer. */
        int longest();
    }

    FileChunks(ChunkTasks tasks, Cutter cutter) {
        this.tasks = tasks;
        this.cutter = cutter;
        this.window = new byte[cutter.longest() * 2];
    }

    PendingRow begin(BlobSink blobs) {
        from = 0;
        to = 0;
        return new PendingRow(blobs);
    }

    /** Takes the bytes of a slab and releases it. */
    void data(PendingRow row, Item.Data data) throws InterruptedException {
        try {
            ByteBuffer bytes = data.slab().buffer().duplicate();
            while (bytes.hasRemaining()) {
                int n = Math.min(bytes.remaining(), room());
                bytes.get(window, to, n);
                to += n;
                cut(row, false);
            }
        } finally {
            data.slab().release();
        }
    }

    private int room() {
        if (window.length - to < cutter.longest()) {
            System.arraycopy(window, from, window, 0, to - from); // less than one longest chunk is left uncut
            to -= from;
            from = 0;
        }
        return window.length - to;
    }

    void hole(PendingRow row, long length) throws InterruptedException {
        cut(row, true);
        row.hole(length);
    }

    private void cut(PendingRow row, boolean last) throws InterruptedException {
        while (to - from >= cutter.longest() || (last && to > from)) {
            int length = cutter.cut(window, from, to);
            row.chunk(tasks.put(window, from, length), length);
            from += length;
        }
        if (from == to) {
            from = 0;
            to = 0;
        }
    }

    /** The file ends; its content may fit into the snapshot itself. */
    void end(PendingRow row) throws InterruptedException {
        if (row.isEmpty() && to - from <= Content.INLINE_BYTES) {
            row.inline(Content.inline(window, from, to - from));
            from = 0;
            to = 0;
        } else {
            cut(row, true);
        }
    }

    /** The file failed: what is left of it is not stored. */
    void drop() {
        from = 0;
        to = 0;
    }
}
