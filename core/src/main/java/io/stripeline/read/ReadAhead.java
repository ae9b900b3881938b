package io.stripeline.read;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.Errno;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of the reader stage: its threads, its line, and the plan of what becomes of each row.
 *
 * <p>The planner walks down the rows and puts a {@link Turn} into the {@link Line} for each; what has to be read is
 * started at the same moment, first come first served, so that no entry waits for a thread that a later one holds. The
 * emitter takes turn after turn and waits only for the first one.
 */
final class ReadAhead implements AutoCloseable {
    /** The planner, the emitter, and one for what the emitter has to have read at once: a name that cannot be a link. */
    private static final int CONTROL_THREADS = 3;

    private final ContentSource content;
    private final SlabPool slabs;
    private final ReadSpec spec;
    private final Base base;
    private final Job job;
    private final Line line;
    private final Links links;
    private final AttributeRoom room = new AttributeRoom();
    private final ThreadPoolExecutor control = threads("reader", CONTROL_THREADS);
    private final ThreadPoolExecutor entries;
    private final ThreadPoolExecutor blocks;
    private ReadyTurn ready = new ReadyTurn();
    private boolean anyReady;
    private @Nullable Turn current;

    ReadAhead(ContentSource content, SlabPool slabs, ReadSpec spec, Base base, Job job) {
        this.content = content;
        this.slabs = slabs;
        this.spec = spec;
        this.base = base;
        this.job = job;
        this.line = new Line(spec.readAhead());
        this.links = new Links(spec.linksInMemory(), spec.spill(), this::linksLost);
        this.entries = threads("read", Math.min(spec.readers(), spec.readAhead()));
        this.blocks = threads("block", spec.blockReaders());
    }

    private static ThreadPoolExecutor threads(String name, int most) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "stripeline-" + name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    // ---- the planner

    void plan(InodeBatch batch) {
        Stopped.run("Reading", () -> rows(batch));
    }

    private void rows(InodeBatch batch) {
        for (int row = 0; row < batch.size() && !line.isClosed(); row++) {
            Base.Known known = base.unchanged(batch, row);
            if (known == null) {
                planRead(batch.entry(row));
            } else {
                add(new Item.Same(batch.entry(row), known));
                progress().add(Counter.ENTRIES, 1);
                progress().add(Counter.UNCHANGED, 1);
                progress().add(Counter.UNCHANGED_BYTES, isRegular(batch, row) ? batch.sizeBytes(row) : 0);
            }
        }
        batch.failures().forEach(this::planUnread);
        flush();
    }

    private static boolean isRegular(InodeBatch batch, int row) {
        return (batch.mode(row) & FileType.MASK) == FileType.REGULAR.bits();
    }

    private void planRead(Entry entry) {
        flush();
        EntryTurn turn = new EntryTurn(entry.inode().isRegular() ? slabs.ticket() : null);
        EntryRead read = new EntryRead(this, entry, turn);
        if (!entry.inode().isHardLinked()) {
            start(turn, read);
            return;
        }
        Names names = links.plan(entry);
        if (names.planned == 1) {
            start(new LinkTurn(entry, names, turn, null, this::linked), read);
        } else {
            line.put(new LinkTurn(entry, names, turn, () -> run(control, read), this::linked));
        }
    }

    private void start(Turn turn, EntryRead read) {
        if (line.put(turn)) {
            run(entries, read);
        }
    }

    private void planUnread(ScanFailure failure) {
        if (failure.cause().errno() == Errno.ENOENT) {
            vanished(failure.path());
            return;
        }
        progress().add(Counter.FAILED, 1);
        problems().add(Failures.unlisted(failure));
        add(new Item.Unread(failure));
    }

    /** A name, or what was in a directory, is gone since it was planned. */
    void vanished(RawPath path) {
        progress().add(Counter.VANISHED, 1);
        base.vanished(path);
    }

    private void add(Item item) {
        ready.add(item);
        anyReady = true;
        if (ready.isFull()) {
            flush();
        }
    }

    private void flush() {
        if (anyReady) {
            line.put(ready);
            ready = new ReadyTurn();
            anyReady = false;
        }
    }

    void end() {
        line.end(null);
        links.close();
    }

    void fail(Throwable reason) {
        line.end(Stopped.failure("Reading", reason));
        links.close();
    }

    // ---- the emitter

    /** The next item of the stream, waiting for it; null at its end, or where it was cancelled. */
    @Nullable
    Item next() {
        return Stopped.call("Reading", this::nextOfTurns);
    }

    private @Nullable Item nextOfTurns() {
        while (true) {
            if (current == null) {
                current = line.take();
                if (current == null) {
                    return null;
                }
            }
            Item item = current.next();
            if (item != null) {
                return item;
            }
            current = null;
        }
    }

    private void linked(Item.Link link) {
        progress().add(Counter.ENTRIES, 1);
    }

    // ---- those who read

    void issue(Block block) {
        run(blocks, block);
    }

    /**
     * On a closed executor it runs here: it sees that its turn is closed and only cleans up. Also where the machine gives
     * no more threads: somebody waits for it, and nobody else may be there to run it.
     */
    static void run(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError nobody) {
            task.run();
        }
    }

    ContentSource content() {
        return content;
    }

    SlabPool slabs() {
        return slabs;
    }

    AttributeRoom attributeRoom() {
        return room;
    }

    ReadSpec spec() {
        return spec;
    }

    Duration granularity() {
        return spec.timeGranularity();
    }

    Instant now() {
        return job.clock().instant();
    }

    Progress progress() {
        return job.progress();
    }

    Problems problems() {
        return job.problems();
    }

    ExecutorService control() {
        return control;
    }

    private void linksLost(IOException failed) {
        problems()
                .add(
                        new Problem(
                                RawPath.ROOT,
                                Problem.Severity.WARNING,
                                "hard links",
                                "More than " + spec.linksInMemory()
                                        + " inodes with several names wait for their other names,"
                                        + " and they cannot be kept in " + spec.spill() + " (" + failed
                                        + "): other names of"
                                        + " them are stored as files of their own. Give the directory room, or raise the limit"));
    }

    /** Stops everything; what is under way ends by itself within its system call. */
    @Override
    public void close() {
        line.close();
        room.close();
        links.close();
        control.shutdown();
        entries.shutdown();
        blocks.shutdown();
    }
}
