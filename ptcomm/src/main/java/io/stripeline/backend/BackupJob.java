package io.stripeline.backend;

import io.stripeline.Shard;
import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.program.Figures;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.BackupBody;
import io.stripeline.ptcomm.FileSetRules;
import io.stripeline.ptcomm.cursor.CursorStore;
import io.stripeline.ptcomm.cursor.CursorWriter;
import io.stripeline.ptcomm.cursor.DirectoryWatch;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.Gate;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Full, differential and incremental backups. */
final class BackupJob {
    /** Room for content between the disk and the pipe: sixteen jobs at once are half a gigabyte. */
    private static final long SLAB_BYTES = 32L << 20;

    private final BackendSession session;
    private final JobOptions options;
    private final Cancel cancel;

    BackupJob(BackendSession session, JobOptions options, Cancel cancel) {
        this.session = session;
        this.options = options;
        this.cancel = cancel;
    }

    void run() throws IOException, InterruptedException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        options.scan();
        options.throttle();
        options.attributes();
        options.incremental();
        try (OpenTrees trees = OpenTrees.of(options);
                JobLog log = new JobLog(session, cancel, temporary);
                SlabPool slabs = SlabPool.ofBytes(SLAB_BYTES)) {
            Job job = Job.start(log);
            long begun = System.nanoTime();
            session.ready();
            Jobs.warnOfUnknown(session.parameters(), log);
            log.every(() -> JobLog.progress(job.progress(), secondsSince(begun)));
            Bases bases = Bases.of(session, log, temporary);
            try (CursorWriter cursor = begin(bases.cursors(), job);
                    BackupBody body = BackupBody.begin(session, temporary, job)) {
                for (OpenTrees.Tree tree : trees.all()) {
                    log.in(tree.path());
                    log.info(firstLine(tree, bases));
                    backup(tree, bases, cursor, slabs, body, job);
                }
                commit(bases.cursors(), cursor, job, log);
                log.sayWhereTheRestIs();
                log.info(summary(job, body, secondsSince(begun)));
                body.end();
            }
        }
        session.finish();
    }

    private void backup(
            OpenTrees.Tree tree, Bases bases, @Nullable CursorWriter cursor, SlabPool slabs, BackupBody body, Job job)
            throws IOException {
        Volume volume = tree.volume();
        ReadSpec reading = ReadSpec.of(volume.capabilities());
        KeptAttributes kept = options.attributes();
        Bases.OfTree known = bases.of(tree);
        try (Base base = known.base()) {
            Gate gate = new DirectoryWatch(new FileSetRules(session, tree.path()), tree.path(), known.since(), cursor);
            Flux<Item> items = volume.scan(options.scan().gate(gate), job)
                    .transform(Read.items(
                            volume.content(),
                            slabs,
                            options.readAhead() == 0 ? reading : reading.readAhead(options.readAhead()),
                            base,
                            job))
                    .transform(options.throttle().limit());
            if (!kept.isAll()) {
                items = items.map(kept);
            }
            if (cursor != null) {
                items = items.doOnNext(new TryAgain(tree.path(), cursor));
            }
            cancel.await(Pipelines.run(items, body.sink(tree.path())));
        }
    }

    private @Nullable CursorWriter begin(@Nullable CursorStore cursors, Job job) {
        return cursors == null || session.job().name().isEmpty()
                ? null
                : cursors.begin(session.job(), job.clock().instant());
    }

    /** Before the end of the job is acknowledged: a job that Bacula can name as a base has its cursor. */
    private static void commit(@Nullable CursorStore cursors, @Nullable CursorWriter cursor, Job job, JobLog log) {
        if (cursors != null && cursor != null) {
            try {
                cursor.commit();
                cursors.expire(job.clock().instant());
            } catch (IOException | UncheckedIOException failed) {
                log.warn("the cursor of this job cannot be kept (" + failed.getMessage()
                        + "): the next incremental goes by time alone");
            }
        }
    }

    private String firstLine(OpenTrees.Tree tree, Bases bases) {
        Shard shard = options.shard();
        return "path=" + tree.path() + " on " + tree.volume().kind()
                + (shard.isAll()
                        ? ""
                        : ", shard " + shard + " by " + shard.by().name().toLowerCase(Locale.ROOT))
                + ": " + bases.why();
    }

    private static String summary(Job job, BackupBody body, double seconds) {
        long bytes = job.progress().get(Counter.BYTES);
        return "saved " + Figures.count(body.items()) + " items, " + Figures.bytes(bytes) + " read in "
                + Figures.seconds(seconds) + " (" + Figures.rate(bytes / Math.max(seconds, 0.001)) + "), "
                + Figures.count(job.progress().get(Counter.UNCHANGED)) + " unchanged, "
                + Figures.count(job.progress().get(Counter.FAILED)) + " unreadable, "
                + Figures.count(job.progress().get(Counter.CHANGED)) + " changed while read, "
                + Figures.count(job.progress().get(Counter.SKIPPED)) + " left out";
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
