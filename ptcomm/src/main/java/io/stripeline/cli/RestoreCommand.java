package io.stripeline.cli;

import io.stripeline.Volume;
import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoredSet;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.Counts;
import io.stripeline.snapshot.SnapshotSet;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

@Command(
        name = "restore",
        description = "Bring back a snapshot, or some paths of it. Can be run again after an interruption.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stripeline restore ./store latest --to ./restored",
            "  stripeline restore ./store 3f2a home/ann/mail --to / --overwrite newer"
        })
final class RestoreCommand implements Callable<Integer> {
    private static final long SLAB_BYTES = 64L << 20;

    private final Console console;
    private final Interrupt interrupt;

    @Parameters(index = "0", paramLabel = "STORE", description = "Directory of the store.")
    private Path storePath = Path.of("");

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "latest, a set, or the beginning of an id.")
    private String snapshot = "";

    @Parameters(index = "2..*", paramLabel = "PATH", description = "Only these, each with all below it.")
    private List<String> paths = List.of();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description =
                    "Where to; made if it is missing. Unless PATHs are given, DIR itself gets the owner, mode, ACL and"
                            + " times of the snapshot's top, also where it was there.")
    private Path target = Path.of("");

    @Option(
            names = "--overwrite",
            paramLabel = "WHEN",
            description = "What is there already: always (default), newer (only if older than the stored one), never.")
    private RestorePlan.Overwrite overwrite = RestorePlan.Overwrite.ALWAYS;

    @Option(names = "--devices", description = "Create device nodes too.")
    private boolean devices;

    @Option(names = "--require-owner", description = "A file whose owner cannot be set is an error.")
    private boolean requireOwner;

    @Option(names = "--include", paramLabel = "GLOB", description = "Only files that match; may be repeated.")
    private List<String> includes = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "Not what matches, nor what is below; may be repeated.")
    private List<String> excludes = List.of();

    @Mixin
    private final Common common = new Common();

    RestoreCommand(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public Integer call() throws IOException {
        RowFilter filter = RowFilter.of(includes, excludes);
        paths.forEach(SnapshotPath::check);
        try (DedupStore store = DedupStore.open(storePath)) {
            Job finding = StoreReading.job(console);
            StoredSet set = store.find(snapshot, finding);
            SnapshotSet namespace = store.open(set);
            List<RawPath> chosen = chosen(set, namespace);
            Files.createDirectories(target);
            try (Volume volume = Trees.open(target);
                    SlabPool slabs = SlabPool.ofBytes(SLAB_BYTES);
                    JobRun run = new JobRun(
                            console,
                            interrupt,
                            common,
                            Counter.ENTRIES,
                            expected(namespace, chosen),
                            // what an ordinary user cannot set is the same for every file: one line in the report
                            problem -> problem.severity() == Problem.Severity.ERROR)) {
                Flux<Item> items = store.restore(set, chosen, filter, slabs, run.job());
                RestorePlan plan = RestorePlan.same()
                        .overwrite(overwrite)
                        .devices(devices)
                        .requireOwner(requireOwner)
                        .choosing(chosen);
                Report report =
                        run.await(Pipelines.run(items, in -> volume.writer().write(in, plan, run.job())));
                double seconds = run.elapsedSeconds();
                run.stop();
                int code = JobRun.exitCode(report);
                answer(report, volume, set, seconds, run).print(console, common.json, code);
                return code;
            }
        }
    }

    private List<RawPath> chosen(StoredSet set, SnapshotSet namespace) {
        List<RawPath> out = new ArrayList<>();
        for (String text : paths) {
            RawPath path = SnapshotPath.parse(set.any().path(), text);
            if (StoreReading.isAbsent(namespace, path)) {
                throw new Trouble.Refused("'" + path + "' is not in snapshot " + snapshot);
            }
            out.add(path);
        }
        return out;
    }

    /** Totals are known for a whole snapshot only. */
    private ProgressDisplay.Expected expected(SnapshotSet namespace, List<RawPath> chosen) {
        if (!chosen.isEmpty() || !includes.isEmpty() || !excludes.isEmpty()) {
            return ProgressDisplay.Expected.NOTHING;
        }
        Counts counts = namespace.counts();
        return new ProgressDisplay.Expected(counts.entries(), counts.fileBytes());
    }

    private Result answer(Report report, Volume volume, StoredSet set, double seconds, JobRun run) {
        long entries = report.get(Counter.ENTRIES);
        long bytes = report.get(Counter.BYTES);
        Result result = new Result("restore", report.problems(), run.problemsFile())
                .fact("store", storePath.toString())
                .fact("set", set.id())
                .fact("target", volume.root().toString())
                .fact("restored_entries", entries)
                .fact("written_bytes", bytes)
                .fact("skipped_entries", report.get(Counter.SKIPPED))
                .fact("failed_entries", report.get(Counter.FAILED))
                .line("restored", set.any().path() + " (set " + set.id() + ") to " + target)
                .line("written", Figures.count(entries) + " entries, " + Figures.bytes(bytes));
        if (report.get(Counter.SKIPPED) > 0) {
            result.line("skipped", Figures.count(report.get(Counter.SKIPPED)) + " entries, on purpose");
        }
        if (report.get(Counter.FAILED) > 0) {
            result.line("failed", Figures.count(report.get(Counter.FAILED)) + " entries");
        }
        return Facts.time(result, seconds, entries, bytes);
    }
}
