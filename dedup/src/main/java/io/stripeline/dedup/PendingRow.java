package io.stripeline.dedup;

import io.stripeline.inode.Entry;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.ChunkListWriter;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.RowState;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A regular file on its way into the snapshot: chunks whose names are not known yet, in order. One thread. */
final class PendingRow {
    /** A range of the file: a chunk under way, or a hole where there is none. */
    private record Range(@Nullable CompletableFuture<BlobId> chunk, long length) {}

    private final ArrayDeque<Range> ranges = new ArrayDeque<>();
    private final ChunkListWriter list;
    private @Nullable Content inline;
    private @Nullable Entry entry;
    private RowState state = RowState.SETTLED;
    private boolean empty = true;

    PendingRow(BlobSink blobs) {
        list = new ChunkListWriter(blobs);
    }

    void chunk(CompletableFuture<BlobId> chunk, long length) {
        ranges.add(new Range(chunk, length));
        empty = false;
        drain(false);
    }

    void hole(long length) {
        ranges.add(new Range(null, length));
        empty = false;
        drain(false);
    }

    /** True while nothing of the file went to chunks or holes: its content may still stand inline. */
    boolean isEmpty() {
        return empty;
    }

    void inline(Content content) {
        inline = content;
    }

    void end(Entry last, RowState recorded) {
        entry = last;
        state = recorded;
    }

    boolean isEnded() {
        return entry != null;
    }

    Entry entry() {
        return java.util.Objects.requireNonNull(entry);
    }

    RowState state() {
        return state;
    }

    /** Moves what is done to the chunk list; true where nothing is left. */
    boolean drain(boolean wait) {
        for (Range range = ranges.peek(); range != null; range = ranges.peek()) {
            CompletableFuture<BlobId> chunk = range.chunk;
            if (chunk == null) {
                list.hole(range.length);
            } else if (wait || chunk.isDone()) {
                list.chunk(ChunkTasks.join(chunk), range.length);
            } else {
                return false;
            }
            ranges.remove();
        }
        return true;
    }

    /** The content, once all is drained; none where the file failed. */
    Content content() {
        if (state.outcome() == RowState.Kept.FAILED) {
            return Content.NONE;
        }
        return inline != null ? inline : list.finish();
    }
}
