package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.Content;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** Cuts the bytes of one file after the other into chunks and hands them on. One thread. */
final class FileChunks {
    /** Cuts a stream of bytes. Holds what is not cut yet; reused from file to file. */
    interface Cutter {
        /** Takes the bytes, their position moves; gives every chunk that is complete, valid during the call. */
        void feed(ByteBuffer bytes, Consumer<ByteBuffer> chunks);

        /** Gives the last chunk, if there is one. */
        void finish(Consumer<ByteBuffer> chunks);

        /** Forgets what is not cut yet. */
        void reset();
    }

    private final ChunkTasks tasks;
    private final Cutter cutter;

    FileChunks(ChunkTasks tasks, Cutter cutter) {
        this.tasks = tasks;
        this.cutter = cutter;
    }

    PendingRow begin(BlobSink blobs) {
        cutter.reset();
        return new PendingRow(blobs);
    }

    /** Takes the bytes of a slab and releases it. Waits for room. */
    void data(PendingRow row, Item.Data data) {
        try {
            cutter.feed(data.slab().buffer().duplicate(), chunk -> store(row, chunk));
        } finally {
            data.slab().release();
        }
    }

    void hole(PendingRow row, long length) {
        cutter.finish(chunk -> store(row, chunk));
        row.hole(length);
    }

    /** The file ends; its content may fit into the snapshot itself. */
    void end(PendingRow row) {
        cutter.finish(chunk -> {
            if (row.isEmpty() && chunk.remaining() <= Content.INLINE_BYTES) {
                row.inline(Content.inline(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining()));
            } else {
                store(row, chunk);
            }
        });
    }

    /** The file failed: what is left of it is not stored. */
    void drop() {
        cutter.reset();
    }

    private void store(PendingRow row, ByteBuffer chunk) {
        int length = chunk.remaining();
        try {
            row.chunk(tasks.put(chunk), length);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The backup was interrupted");
        }
    }
}
