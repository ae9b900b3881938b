package io.stripeline.dedup;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.Piece;
import io.stripeline.snapshot.Pieces;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowState;
import io.stripeline.snapshot.SnapshotSet;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One restore under way. One thread calls {@link #next()}; {@link #close()} may come from another. */
final class RestoreRun implements AutoCloseable {
    /** Bytes of chunks and attributes that are read ahead: 64 chunks of the average size. */
    private static final long AHEAD_BYTES = 8 << 20;
    /** Steps that wait to be given: small files and directories. */
    private static final int AHEAD_STEPS = 256;

    private final RestorePlanner planner;
    private final SnapshotSet set;
    private final BlobSource blobs;
    private final SlabPool slabs;
    private final ExecutorService fetchers;
    private final Steady control;
    private final Job job;
    private final ArrayDeque<RestoreStep> ahead = new ArrayDeque<>();
    private final AttributeRoom room = new AttributeRoom();
    private final HeldParts held = new HeldParts(Runtime.getRuntime().maxMemory() / RestorePlanner.PARTS_SHARE);
    private boolean planned;
    private long aheadBytes;
    private @Nullable RestoreStep unplanned;
    private volatile boolean closed;

    RestoreRun(
            SnapshotSet set,
            List<RawPath> paths,
            Predicate<Row> keep,
            BlobSource blobs,
            SlabPool slabs,
            Path temporary,
            ExecutorService fetchers,
            Job job) {
        this.set = set;
        this.planner = new RestorePlanner(set, paths, keep, blobs, temporary, job.problems());
        this.blobs = blobs;
        this.slabs = slabs;
        this.fetchers = fetchers;
        this.control = Steady.oneThread("stripeline-restore");
        this.job = job;
    }

    Steady control() {
        return control;
    }

    /** The next item; null at the end. */
    @Nullable
    Item next() {
        return Stopped.call("Reading from the store", this::nextOfSteps);
    }

    private @Nullable Item nextOfSteps() {
        while (true) {
            plan();
            RestoreStep step = ahead.peek();
            if (step == null) {
                return null;
            }
            Item item = step.next();
            if (item != null) {
                return room.enter(item);
            }
            ahead.remove();
            held.remove(step.step.row());
        }
    }

    /** Starts reads of chunks up to the window. */
    private void plan() {
        while (aheadBytes < AHEAD_BYTES && ahead.size() < AHEAD_STEPS && !held.isFull()) {
            RestoreStep step = unplanned;
            if (step == null) {
                RestorePlanner.Step next = planned ? null : planner.next();
                if (next == null) {
                    planned = true;
                    return;
                }
                step = new RestoreStep(next);
                ahead.add(step);
                held.add(next.row());
            }
            unplanned = step.fetch() ? null : step;
            if (unplanned != null) {
                return;
            }
        }
    }

    /** Reports it here, where the reason is known; whoever takes the item only sees that the content is not to be had. */
    private PosixException failure(RawPath path, String cause, String message) {
        job.progress().add(Counter.FAILED, 1);
        job.problems().add(new Problem(path, Problem.Severity.ERROR, cause, message));
        return new PosixException("read from the store", Errno.EIO, path.toString());
    }

    private byte[] get(BlobId id) {
        if (closed) {
            throw new FormatException("Restore cancelled before blob " + id + " was read");
        }
        return blobs.get(id);
    }

    @Override
    public void close() {
        closed = true; // what is queued ends at once, and whoever waits for it
        room.close();
        fetchers.shutdown();
        control.schedule(() -> {
            planner.close();
            ahead.forEach(RestoreStep::close);
            ahead.clear();
        });
        control.dispose();
    }

    /** A piece under way: the bytes of its blob, or a hole, or inline bytes. */
    private record Fetch(Piece piece, @Nullable CompletableFuture<byte[]> blob) {}

    /** The items of one row. */
    private final class RestoreStep {
        private final RestorePlanner.Step step;
        private final ArrayDeque<Fetch> fetches = new ArrayDeque<>();
        private @Nullable Pieces pieces;
        private @Nullable Entry entry;
        private @Nullable FormatException damaged;
        private SlabPool.@Nullable Ticket ticket;
        private boolean opened;
        private boolean begun;
        private boolean ended;
        private byte[] bytes = new byte[0];
        private int at;
        private int end;
        private long offset;
        private long attributeBytes;

        RestoreStep(RestorePlanner.Step step) {
            this.step = step;
        }

        /** Starts reads as far as the window allows; true where all of the row's are started. */
        boolean fetch() {
            try {
                if (!opened) {
                    opened = true;
                    Row holder = step.first() == null ? holder() : step.row();
                    entry = step.row().entry().with(holder.entry().attributes());
                    attributeBytes = entry.attributes().weightBytes();
                    aheadBytes += attributeBytes;
                    pieces = step.first() == null ? pieces(holder) : null;
                }
                while (pieces != null && pieces.hasNext()) {
                    if (aheadBytes >= AHEAD_BYTES && !fetches.isEmpty()) {
                        return false;
                    }
                    start(pieces.next());
                }
            } catch (FormatException broken) {
                damaged = broken;
            }
            return true;
        }

        /** The row with content and attributes: another one where this one was recorded as a link. */
        private Row holder() {
            Row holder = set.resolve(step.row());
            if (holder == null) {
                throw new FormatException("The content of " + step.row() + " is that of another name that is missing");
            }
            return holder;
        }

        private @Nullable Pieces pieces(Row holder) {
            boolean readable =
                    step.row().inode().isRegular() && step.row().state().outcome() != RowState.Kept.FAILED;
            return readable ? holder.content().pieces(blobs) : null;
        }

        private void start(Piece piece) {
            if (ticket == null && !piece.isHole()) {
                ticket = slabs.ticket();
            }
            BlobId id = piece.blob();
            CompletableFuture<byte[]> blob = id == null ? null : CompletableFuture.supplyAsync(() -> get(id), fetchers);
            aheadBytes += blob == null ? 0 : piece.lengthBytes();
            fetches.add(new Fetch(piece, blob));
        }

        @Nullable
        Item next() {
            if (ended) {
                return null;
            }
            Entry now = entry;
            if (now == null) { // not even its attributes can be read
                now = new Entry(step.row().dir(), step.row().name(), step.row().inode(), Attributes.NONE);
                entry = now;
            }
            if (step.first() != null) {
                ended = true;
                aheadBytes -= attributeBytes;
                return new Item.Link(now, step.first());
            }
            if (!begun) {
                begun = true;
                aheadBytes -= attributeBytes;
                return new Item.Begin(now);
            }
            Item item = damaged == null ? content() : null;
            return item != null ? item : end(now);
        }

        private @Nullable Item content() {
            try {
                while (at == end) {
                    Fetch fetch = fetches.poll();
                    if (fetch == null) {
                        return null;
                    }
                    offset = fetch.piece.offset();
                    if (fetch.piece.isHole()) {
                        return new Item.Hole(offset, fetch.piece.lengthBytes());
                    }
                    open(fetch);
                }
                return data();
            } catch (FormatException broken) {
                damaged = broken;
                return null;
            }
        }

        private void open(Fetch fetch) {
            Piece piece = fetch.piece;
            byte[] inline = piece.inline();
            bytes = inline != null ? inline : join(java.util.Objects.requireNonNull(fetch.blob), piece);
            if (piece.blobOffset() + piece.lengthBytes() > bytes.length || piece.blobOffset() < 0) {
                throw new FormatException("Blob " + piece.blob() + " has " + bytes.length + " bytes, not the "
                        + piece.lengthBytes() + " at " + piece.blobOffset() + " that " + step.row() + " refers to");
            }
            at = (int) piece.blobOffset();
            end = at + (int) piece.lengthBytes();
        }

        private byte[] join(CompletableFuture<byte[]> blob, Piece piece) {
            aheadBytes -= piece.lengthBytes();
            try {
                return blob.join();
            } catch (CompletionException failed) {
                if (failed.getCause() instanceof FormatException broken) {
                    throw broken;
                }
                throw failed;
            }
        }

        private Item data() {
            Slab slab = take();
            int n = Math.min(end - at, slab.buffer().capacity());
            slab.buffer().clear().put(bytes, at, n).flip();
            Item item = new Item.Data(offset, slab);
            at += n;
            offset += n;
            return item;
        }

        private Slab take() {
            try {
                return java.util.Objects.requireNonNull(ticket).take();
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Restore cancelled", cancelled);
            }
        }

        private Item end(Entry now) {
            ended = true;
            close();
            RawPath path = step.row().path();
            FormatException broken = damaged;
            if (broken != null) {
                planner.failed(path);
                return new Item.End(
                        now.inode(),
                        new Outcome.Failed(failure(path, "damaged in the store", String.valueOf(broken.getMessage()))),
                        false);
            }
            if (step.row().inode().isRegular() && step.row().state().outcome() == RowState.Kept.FAILED) {
                planner.failed(path);
                String missing = path + ": could not be read when it was backed up; take it from another snapshot.";
                return new Item.End(
                        now.inode(), new Outcome.Failed(failure(path, "not in the backup", missing)), false);
            }
            return new Item.End(now.inode(), outcome(), true);
        }

        private Outcome outcome() {
            return step.row().state().outcome() == RowState.Kept.CHANGED
                    ? new Outcome.Changed("it changed while it was backed up")
                    : Outcome.OK;
        }

        void close() {
            for (Fetch fetch = fetches.poll(); fetch != null; fetch = fetches.poll()) {
                if (fetch.blob != null) {
                    fetch.blob.cancel(false);
                    aheadBytes -= fetch.piece.lengthBytes();
                }
            }
            if (ticket != null) {
                ticket.close();
                ticket = null;
            }
        }
    }
}
