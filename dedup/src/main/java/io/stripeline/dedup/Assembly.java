package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.FileSystems;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowState;
import io.stripeline.snapshot.SnapshotWriter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Turns items into rows and chunks. One thread at a time; waits where the chunks are not stored fast enough.
 *
 * <p>A file's row is complete only when all its chunks have names. Rows that wait for that stand in a queue of bounded
 * length, so that small files are stored in parallel.
 */
final class Assembly {
    /** Small files in hand: many more than threads; about 1 KiB each beside their attributes. */
    private static final int WAITING_ROWS = 256;

    /** Attributes of theirs. */
    private static final long WAITING_BYTES = 4 << 20;

    private final BlobSink blobs;
    private final SnapshotWriter writer;
    private final FileSystems filesystems;
    private final FileChunks chunks;
    private final PathLimit limit;
    private final ArrayDeque<PendingRow> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private @Nullable Entry begun;
    private @Nullable PendingRow file;
    private boolean incomplete;

    Assembly(BlobSink blobs, SnapshotWriter writer, FileSystems filesystems, FileChunks chunks, Job job) {
        this.blobs = blobs;
        this.writer = writer;
        this.filesystems = filesystems;
        this.chunks = chunks;
        this.limit = new PathLimit(job);
    }

    /** True where something of the tree is not in the snapshot. */
    boolean isIncomplete() {
        return incomplete;
    }

    void accept(Item item) {
        if (item instanceof Item.Data data) {
            data(data);
        } else if (item instanceof Item.Begin begin) {
            begin.release();
            begun = begin.entry();
            boolean wanted = begin.entry().inode().isRegular()
                    && limit.holds(begin.entry().dir());
            file = wanted ? chunks.begin(blobs) : null;
        } else if (item instanceof Item.End end) {
            end(end);
        } else if (item instanceof Item.Same same) {
            same(same.entry(), (ParentRow) same.known());
        } else if (item instanceof Item.Hole hole) {
            if (file != null) {
                chunks.hole(file, hole.length());
            }
        } else if (item instanceof Item.Link link) {
            link(link.entry(), link.first());
        } else if (item instanceof Item.Unread unread) {
            // the name itself, or names in the directory, are missing: the next run must not take them for deleted
            incomplete = true;
            writer.incomplete(limit.held(unread.failure().dir()));
        }
        // Gone: a whole snapshot simply has no row of that name
    }

    private void data(Item.Data data) {
        if (file == null) {
            data.slab().release();
            if (begun != null && !limit.holds(begun.dir())) {
                return;
            }
            throw new IllegalStateException("Data without a regular file that was begun");
        }
        chunks.data(file, data);
    }

    private void end(Item.End end) {
        Entry first = begun;
        PendingRow row = file;
        begun = null;
        file = null;
        if (first == null) {
            throw new IllegalStateException("End without Begin");
        }
        if (end.outcome() instanceof Outcome.Vanished) {
            chunks.drop();
            return;
        }
        Entry entry = first.with(end.inode());
        if (!limit.holds(entry.dir())) {
            incomplete = true; // it was told of the directory above that is too deep
            return;
        }
        RowState state = limit.isTop(entry) ? tooDeep(entry) : state(end);
        incomplete |= state.outcome() == RowState.Kept.FAILED;
        if (row == null) {
            row(entry, state, Content.NONE);
            return;
        }
        if (state.outcome() == RowState.Kept.FAILED) {
            chunks.drop();
        } else {
            chunks.end(row);
        }
        row.end(entry, state);
        waiting.add(row);
        waitingBytes += entry.attributes().weightBytes();
        drain(WAITING_ROWS, WAITING_BYTES);
    }

    private static RowState state(Item.End end) {
        if (end.outcome() instanceof Outcome.Ok) {
            return RowState.of(RowState.Kept.OK, end.settled());
        }
        return RowState.of(end.outcome().hasContent() ? RowState.Kept.CHANGED : RowState.Kept.FAILED, false);
    }

    /** Nothing in this directory is kept. */
    private RowState tooDeep(Entry directory) {
        limit.reportTop(directory);
        incomplete = true;
        writer.incomplete(directory.dir());
        return RowState.of(RowState.Kept.FAILED, false);
    }

    private void link(Entry entry, RawPath first) {
        if (!limit.holds(entry.dir())) {
            incomplete = true;
        } else if (limit.holds(first)) {
            row(entry, RowState.SETTLED, writer.link(first));
        } else { // its content came under a name that was passed over
            limit.reportLink(entry);
            incomplete = true;
            row(entry, RowState.of(RowState.Kept.FAILED, false), Content.NONE);
        }
    }

    private void same(Entry entry, ParentRow known) {
        if (!limit.holds(entry.dir())) {
            incomplete = true;
            return;
        }
        RowState state = limit.isTop(entry) ? tooDeep(entry) : RowState.SETTLED;
        int number = filesystems.number(entry.inode().id().device());
        Row holder = known.holder();
        if (holder != null) {
            // this row becomes one of its own: the name that it linked to may be gone by the next run
            writer.add(entry.with(holder.entry().attributes()), number, state, known.content());
            return;
        }
        writer.addSame(entry, number, known.rows(), known.index(), state, known.content());
    }

    private void row(Entry entry, RowState state, Content content) {
        writer.add(entry, filesystems.number(entry.inode().id().device()), state, content);
    }

    /** Writes the rows that are complete, and waits for the oldest ones where more than these wait. */
    private void drain(int mostRows, long mostBytes) {
        for (PendingRow row = waiting.peek(); row != null; row = waiting.peek()) {
            if (!row.drain(waiting.size() > mostRows || waitingBytes > mostBytes)) {
                return;
            }
            waiting.remove();
            waitingBytes -= row.entry().attributes().weightBytes();
            row(row.entry(), row.state(), row.content());
        }
    }

    /** Waits for all rows that have ended. A file that is being read is left as it is. */
    void settle() {
        drain(0, 0);
    }
}
