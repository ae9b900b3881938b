package io.stripeline.backend;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.PosixException;
import io.stripeline.program.Figures;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.PtcommRestore;
import io.stripeline.ptcomm.RestoreChoice;
import io.stripeline.slab.SlabPool;
import io.stripeline.write.RestorePlan;
import io.stripeline.write.TreeWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.ToLongFunction;

/** Restores: everything below {@code /}, since names come with their prefix. */
final class RestoreJob {
    /** Room for content between the pipe and the disk. */
    private static final long SLAB_BYTES = 32L << 20;

    private final BackendSession session;
    private final JobOptions options;
    private final Cancel cancel;

    RestoreJob(BackendSession session, JobOptions options, Cancel cancel) {
        this.session = session;
        this.options = options;
        this.cancel = cancel;
    }

    void run() throws IOException {
        RestoreChoice choice = choice();
        RestorePlan plan = RestorePlan.same().overwrite(choice.overwrite()).devices(choice.specials());
        KeptAttributes kept = options.attributes();
        try (Volume root = FileSystemDriver.openBest(Path.of("/"));
                JobLog log = new JobLog(session, cancel, Path.of(System.getProperty("java.io.tmpdir")));
                SlabPool slabs = SlabPool.ofBytes(SLAB_BYTES)) {
            log.in(RawPath.of("/"));
            Job job = Job.start(log);
            long begun = System.nanoTime();
            session.ready();
            log.every(() -> "so far " + restored(job.progress()::get, secondsSince(begun)));
            Report report =
                    cancel.await(PtcommRestore.run(session, choice, keeping(kept, root.writer()), plan, slabs, job)
                            .onErrorMap(PosixException.class, failed -> failed.at("/" + failed.path())));
            log.sayWhereTheRestIs();
            log.info(summary(report, secondsSince(begun)));
        }
        session.finishRestore();
    }

    /** The job's Replace, unless the console's plugin options say otherwise. */
    private RestoreChoice choice() {
        RestoreChoice ofTheJob = RestoreChoice.of(session.job());
        return new RestoreChoice(options.overwrite().orElse(ofTheJob.overwrite()), options.devices());
    }

    private static TreeWriter keeping(KeptAttributes kept, TreeWriter writer) {
        return kept.isAll() ? writer : (items, plan, job) -> writer.write(items.map(kept), plan, job);
    }

    private static String summary(Report report, double seconds) {
        return restored(report::get, seconds) + ", "
                + Figures.count(report.get(Counter.SKIPPED)) + " left as they are, "
                + Figures.count(report.count(Problem.Severity.ERROR)) + " errors";
    }

    private static String restored(ToLongFunction<Counter> counters, double seconds) {
        long bytes = counters.applyAsLong(Counter.BYTES);
        return "restored " + Figures.count(counters.applyAsLong(Counter.ENTRIES)) + " items, " + Figures.bytes(bytes)
                + " in " + Figures.seconds(seconds) + " (" + Figures.rate(bytes / Math.max(seconds, 0.001)) + ")";
    }

    private static double secondsSince(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
