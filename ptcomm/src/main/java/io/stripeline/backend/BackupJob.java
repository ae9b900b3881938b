package io.stripeline.backend;

import io.stripeline.Shard;
import io.stripeline.Volume;
import io.stripeline.change.ChangeSource;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.PosixException;
import io.stripeline.program.Figures;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.BackupBody;
import io.stripeline.ptcomm.FileSetRules;
import io.stripeline.ptcomm.cursor.CursorStore;
import io.stripeline.ptcomm.cursor.CursorWriter;
import io.stripeline.ptcomm.cursor.DirectoryWatch;
import io.stripeline.ptcomm.cursor.TreeDevices;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        Path temporary = temporary();
        options.scan();
        options.throttle();
        options.attributes();
        options.incremental();
        try (OpenTrees trees = OpenTrees.of(options);
                JobLog log = new JobLog(session, cancel, temporary);
                SlabPool slabs = SlabPool.ofBytes(SLAB_BYTES)) {
            Job job = Job.start(log);
            long begun = System.nanoTime();
            List<RawPath> linked = trees.linked();
            session.ready();
            Jobs.warnOfUnknown(session.parameters(), log);
            log.every(() -> JobLog.progress(job.progress(), secondsSince(begun)));
            Bases bases = Bases.of(session, options, log, temporary);
            try (CursorWriter cursor = begin(bases.cursors(), job);
                    BackupBody body = BackupBody.begin(session, temporary, job)) {
                if (cursor != null) {
                    bases.mark(cursor, trees.all());
                }
                List<Finding> findings = new ArrayList<>();
                for (OpenTrees.Tree tree : trees.all()) {
                    log.in(tree.path());
                    try (Bases.OfTree known = bases.of(tree)) {
                        Finding finding = Finding.of(tree, bases, known, options.incremental(), cursor, log);
                        findings.add(finding);
                        log.info(firstLine(tree, finding));
                        backup(tree, finding, known, cursor, slabs, body, log, job);
                        if (finding.keepsTheRest()) {
                            body.keep(tree.path());
                        }
                    }
                }
                if (commit(findings, bases, cursor, job, log)) {
                    acknowledge(trees, bases.cursors(), job, log);
                }
                body.linkedTrees(linked);
                log.sayWhereTheRestIs();
                log.info(summary(job, body, secondsSince(begun)));
                body.end();
            }
        }
        session.finish();
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private void backup(
            OpenTrees.Tree tree,
            Finding finding,
            Bases.OfTree known,
            @Nullable CursorWriter cursor,
            SlabPool slabs,
            BackupBody body,
            JobLog log,
            Job job)
            throws IOException {
        Volume volume = tree.volume();
        ReadSpec reading = ReadSpec.of(volume.capabilities());
        KeptAttributes kept = options.attributes();
        FileSetRules rules = new FileSetRules(session, tree.path(), job);
        DirectoryRules directories = DirectoryRules.of(rules, tree.path(), options, job.progress());
        Finding.Spec spec = walks -> options.scan()
                .gate(new DirectoryWatch(
                        directories, tree.path(), TreeDevices.of(volume), known.since(), walks ? cursor : null));
        TryAgain again = cursor == null ? null : new TryAgain(tree.path(), cursor);
        ReadSpec wanted = options.readAhead() == 0 ? reading : reading.readAhead(options.readAhead());
        Flux<Item> items = finding.find(
                        spec,
                        known.base(),
                        temporary(),
                        job,
                        found -> Flux.concat(
                                new GoneRules(rules).taken(found.gone()),
                                found.rows()
                                        .transform(Read.items(
                                                volume.content(),
                                                slabs,
                                                wanted,
                                                again == null ? found.base() : again.with(found.base()),
                                                job))))
                .transform(options.throttle().limit());
        if (!kept.isAll()) {
            items = items.map(kept);
        }
        if (again != null) {
            items = items.doOnNext(again);
        }
        cancel.await(Pipelines.run(items, body.sink(tree.path())));
        String crossing = directories.crossing();
        if (crossing != null) {
            log.warn(crossing);
        }
    }

    private @Nullable CursorWriter begin(@Nullable CursorStore cursors, Job job) {
        return cursors == null || session.job().name().isEmpty()
                ? null
                : cursors.begin(session.job(), job.clock().instant());
    }

    /**
     * A job that did not enter each directory cannot say where they are; the base job could, and still can where none was
     * moved. Without that knowledge the next scan sends more.
     */
    private static void carry(List<Finding> findings, Bases bases, CursorWriter cursor) throws IOException {
        if (!findings.stream().allMatch(Finding::hasWalked) && findings.stream().noneMatch(Finding::hasMoved)) {
            bases.carry(cursor);
        }
    }

    /** Before the end of the job is acknowledged: a job that Bacula can name as a base has its cursor. */
    private static boolean commit(
            List<Finding> findings, Bases bases, @Nullable CursorWriter cursor, Job job, JobLog log) {
        CursorStore cursors = bases.cursors();
        if (cursors == null || cursor == null) {
            return false;
        }
        try {
            carry(findings, bases, cursor);
            cursor.commit();
            cursors.expire(job.clock().instant());
            return true;
        } catch (IOException | UncheckedIOException failed) {
            log.warn("the cursor of this job cannot be kept (" + Jobs.reason(failed)
                    + "): the next incremental goes by time alone");
            return false;
        }
    }

    /** The logs of changes may forget what no future job asks for. */
    private static void acknowledge(OpenTrees trees, @Nullable CursorStore cursors, Job job, JobLog log) {
        for (OpenTrees.Tree tree : trees.all()) {
            ChangeSource source = tree.volume().changes().orElse(null);
            if (source != null && cursors != null) {
                try {
                    cursors.acknowledge(
                            tree.volume().fileSystemId(), job.clock().instant(), source::acknowledge);
                } catch (IOException | PosixException | UncheckedIOException failed) {
                    log.warn("path=" + tree.path() + ": the log of changes cannot be told what it may forget ("
                            + failed.getMessage() + "); it grows until a job can");
                }
            }
        }
    }

    private String firstLine(OpenTrees.Tree tree, Finding finding) {
        Shard shard = options.shard();
        return "path=" + tree.path() + " on " + tree.volume().kind()
                + (shard.isAll()
                        ? ""
                        : ", shard " + shard + " by " + shard.by().name().toLowerCase(Locale.ROOT))
                + ": " + finding.how();
    }

    private static String summary(Job job, BackupBody body, double seconds) {
        long bytes = job.progress().get(Counter.BYTES);
        return "saved " + Figures.count(body.items()) + " items, " + Figures.bytes(bytes) + " read in "
                + Figures.seconds(seconds) + " (" + Figures.rate(bytes / Math.max(seconds, 0.001)) + "), "
                + Figures.count(job.progress().get(Counter.UNCHANGED)) + " unchanged, "
                + Figures.count(job.progress().get(Counter.FAILED)) + " unreadable, "
                + Figures.count(job.progress().get(Counter.CHANGED)) + " changed while read, "
                + Figures.count(job.progress().get(Counter.VANISHED)) + " vanished, "
                + Figures.count(job.progress().get(Counter.SKIPPED)) + " left out";
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
