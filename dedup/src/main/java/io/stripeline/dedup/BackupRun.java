package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Timestamp;
import io.stripeline.snapshot.FileSystems;
import io.stripeline.snapshot.SnapshotRoot;
import io.stripeline.snapshot.SnapshotWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** One backup under way. Used by the thread of its sink alone. */
final class BackupRun implements AutoCloseable {
    /** A checkpoint writes all tables so far again: it may take a twentieth of the time. */
    private static final int CHECKPOINT_SHARE = 20;

    private final BackupSource source;
    private final BackupOptions options;
    private final String set;
    private final List<String> parents;
    private final Job job;
    private final LongSupplier nanoTime;
    private final Instant start;
    private final Engine.Session session;
    private final SnapshotWriter writer;
    private final FileSystems filesystems;
    private final Assembly assembly;
    private final ExecutorService threads;
    private final CountDownLatch ended = new CountDownLatch(1);
    private long nextCheckpoint;
    private long storedBefore;
    private long items;
    private boolean closed;

    /**
     * Takes over a session of the store that names the parents, opened before anything of them was read.
     *
     * @param nanoTime monotonic clock
     */
    BackupRun(
            Engine.Session session,
            BackupSource source,
            BackupOptions options,
            String set,
            List<String> parents,
            FileChunks.Cutter cutter,
            Job job,
            LongSupplier nanoTime) {
        this.source = source;
        this.options = options;
        this.set = set;
        this.parents = parents;
        this.job = job;
        this.nanoTime = nanoTime;
        this.start = job.clock().instant();
        int cores = Runtime.getRuntime().availableProcessors();
        this.session = session;
        this.writer = new SnapshotWriter(
                session, options.temporary(), SnapshotWriter.Options.defaults().atime(options.keepAtime()));
        this.filesystems = new FileSystems(source.fileSystemId(), source.byDevice());
        this.threads = RestoreSource.threads("stripeline-chunk", cores);
        ChunkTasks tasks = new ChunkTasks(session, threads, cores);
        this.assembly = new Assembly(session, writer, filesystems, new FileChunks(tasks, cutter), job);
        this.nextCheckpoint = nanoTime.getAsLong() + options.checkpointEvery().toNanos();
    }

    void accept(Item item) {
        if (closed) {
            item.release();
            return;
        }
        assembly.accept(item);
        if ((++items & 127) == 0) {
            countStored();
        }
        if (nanoTime.getAsLong() - nextCheckpoint >= 0) {
            checkpoint();
        }
    }

    private void checkpoint() {
        long before = nanoTime.getAsLong();
        session.checkpoint(seal(true));
        countStored();
        long now = nanoTime.getAsLong();
        long every = options.checkpointEvery().toNanos();
        nextCheckpoint = now + (every == 0 ? 0 : Math.max(every, (now - before) * CHECKPOINT_SHARE));
    }

    private byte[] seal(boolean isPartial) {
        assembly.settle();
        SnapshotRoot root = new SnapshotRoot(
                options.program(),
                options.host(),
                options.user(),
                source.kind(),
                filesystems.ids(),
                source.path(),
                timestamp(start),
                timestamp(job.clock().instant()),
                set,
                options.shard(),
                options.tags(),
                options.selection(),
                true,
                isPartial,
                assembly.isIncomplete(),
                parents,
                writer.counts(),
                List.of(writer.write()));
        return root.toBytes();
    }

    private void countStored() {
        long stored = session.storedBytes();
        job.progress().add(Counter.STORED_BYTES, stored - storedBefore);
        storedBefore = stored;
    }

    private static Timestamp timestamp(Instant instant) {
        return new Timestamp(instant.getEpochSecond(), instant.getNano());
    }

    /** Seals the snapshot; the answer means that it is durable. */
    Report finish() {
        String id = session.commit(seal(false));
        countStored();
        return Report.of(id, job);
    }

    /** Waits until the sink has closed this; true where it has. */
    boolean awaitEnd(long seconds) throws InterruptedException {
        return ended.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (session; // closed after the writer, whatever becomes of that
                writer) {
            threads.shutdown();
            // what is under way are a few chunks; they must not meet a closed session
            threads.awaitTermination(60, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }
}
