package io.stripeline.cli;

import io.stripeline.Shard;
import io.stripeline.Volume;
import io.stripeline.dedup.Backup;
import io.stripeline.dedup.BackupOptions;
import io.stripeline.dedup.BackupSource;
import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoredSnapshot;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.flow.Throttle;
import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import io.stripeline.program.Version;
import io.stripeline.read.ContentSource;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

@Command(
        name = "backup",
        description = "Back up a tree to a store; reads only what changed since its last backup.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stripeline backup /usr/share --to ./store",
            "  stripeline backup /lustre --to /backup --shard 3/16 --set nightly-0607 --rate 2G"
        })
final class BackupCommand implements Callable<Integer> {
    /** Room for content between the disk and the store: a hundred small files, or the window of a striped one. */
    private static final long SLAB_BYTES = 64L << 20;

    /** Smaller files gain nothing: what they cost is the open. */
    private static final long DIRECT_FROM_BYTES = 1 << 20;

    private final Console console;
    private final Interrupt interrupt;

    @Parameters(paramLabel = "PATH", description = "Directory to back up.")
    private Path root = Path.of("");

    @Option(
            names = "--to",
            required = true,
            paramLabel = "STORE",
            description = "Directory of the store; made if it is missing. Never entered by the walk.")
    private Path storePath = Path.of("");

    @Mixin
    private final Selection selection = new Selection();

    @Option(names = "--shard", paramLabel = "I/N", description = "Only part I of N; needs --set.")
    private @Nullable String shard;

    @Option(names = "--shard-by", paramLabel = "HOW", description = "subtree (default) or hash.")
    private Shard.By shardBy = Shard.By.SUBTREE;

    @Option(names = "--set", paramLabel = "ID", description = "Name that the shards of one backup share.")
    private String set = "";

    @Option(names = "--rate", paramLabel = "BYTES", description = "Read at most this much a second, as in 200M.")
    private @Nullable String rate;

    @Option(names = "--read-ahead", paramLabel = "N", description = "Files read ahead of the store (64).")
    private @Nullable Integer readAhead;

    @Option(
            names = "--compression",
            paramLabel = "HOW",
            description = "off or zstd:1 to zstd:19, for a store that is made now (zstd:" + DedupStore.LEVEL + ").")
    private @Nullable String compression;

    @Option(
            names = "--pack-size",
            paramLabel = "BYTES",
            description = "Size of the store's packs, 16M to 1G, for a store that is made now (32M).")
    private @Nullable String packSize;

    @Option(
            names = "--direct",
            description = "Read files of 1 MiB and more around the page cache (O_DIRECT), where the filesystem can.")
    private boolean direct;

    @Option(names = "--force", description = "Read everything again, whatever earlier backups know.")
    private boolean force;

    @Option(
            names = "--ignore-ctime",
            description = "Take a file as unchanged though its ctime differs, if size and mtime do not.")
    private boolean ignoreCtime;

    @Option(names = "--host", paramLabel = "NAME", description = "Host name to keep with the snapshot.")
    private String host = HostName.own();

    @Option(names = "--tag", paramLabel = "TEXT", description = "Text to keep with the snapshot; may be repeated.")
    private List<String> tags = List.of();

    @Option(names = "--dry-run", description = "Walk and compare only; store nothing.")
    private boolean dryRun;

    @Mixin
    private final Common common = new Common();

    BackupCommand(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public Integer call() {
        Given.number("--read-ahead", readAhead == null ? 1 : readAhead, 1, 4096);
        BackupOptions options = options();
        ScanSpec what = selection.spec(Set.of()).shard(part());
        Throttle throttle = rate == null
                ? Throttle.unlimited()
                : Throttle.bytesPerSecond(Given.as("--rate", rate, Figures::parseBytes));
        NewStore made = NewStore.of(compression, packSize);
        try (Volume volume = Trees.openToWalk(root, Trees.store(storePath))) {
            return dryRun ? dryRun(volume, what) : backup(volume, what, options, throttle, made);
        }
    }

    private int backup(Volume volume, ScanSpec what, BackupOptions options, Throttle throttle, NewStore made) {
        try (DedupStore store = made.open(storePath);
                SlabPool slabs = SlabPool.ofBytes(SLAB_BYTES);
                JobRun run = new JobRun(console, interrupt, common, Counter.ENTRIES, ProgressDisplay.Expected.NOTHING);
                Backup backup = store.backup(BackupSource.of(volume), options, compare(), run.job())) {
            run.expect(likeParents(store, backup));
            ContentSource content = direct ? volume.directContent(DIRECT_FROM_BYTES) : volume.content();
            Flux<Item> items = volume.scan(what.skip(Trees.store(storePath)), run.job())
                    .transform(Read.items(content, slabs, readSpec(volume), backup.base(), run.job()))
                    .transform(throttle.limit());
            Report report = run.await(Pipelines.run(items, backup.sink()));
            double seconds = run.elapsedSeconds();
            run.stop();
            int code = JobRun.exitCode(report);
            answer(report, volume, backup, seconds, run).print(console, common.json, code);
            return code;
        }
    }

    private int dryRun(Volume volume, ScanSpec spec) {
        ScanSpec what = spec.skip(Trees.store(storePath));
        Scheduler thread = Workers.one("stripeline-compare");
        try (JobRun run = new JobRun(console, interrupt, common, Counter.ENTRIES, ProgressDisplay.Expected.NOTHING)) {
            Report report;
            if (Files.isDirectory(storePath)) {
                try (DedupStore store = DedupStore.open(storePath);
                        Base base = store.base(BackupSource.of(volume), options(), compare(), run.job())) {
                    report = run.await(DryRun.count(volume, what, base, thread, run.job()));
                }
            } else {
                report = run.await(DryRun.count(volume, what, Base.NONE, thread, run.job()));
            }
            double seconds = run.elapsedSeconds();
            run.stop();
            int code = JobRun.exitCode(report);
            dryAnswer(report, volume, seconds, run).print(console, common.json, code);
            return code;
        } finally {
            thread.dispose();
        }
    }

    private Result dryAnswer(Report report, Volume volume, double seconds, JobRun run) {
        long entries = report.get(Counter.ENTRIES) - report.get(Counter.UNCHANGED);
        Result result = new Result("backup", report.problems(), run.problemsFile())
                .fact("dry_run", true)
                .fact("path", volume.root().toString())
                .fact("store", storePath.toString());
        Facts.scanned(result, report)
                .fact("unchanged_entries", report.get(Counter.UNCHANGED))
                .fact("unchanged_bytes", report.get(Counter.UNCHANGED_BYTES))
                .fact("would_read_entries", entries)
                .fact("would_read_bytes", report.get(Counter.BYTES))
                .line(
                        "would read",
                        Figures.count(entries) + " entries, " + Figures.bytes(report.get(Counter.BYTES))
                                + "; nothing was stored");
        return Facts.time(result, seconds, report.get(Counter.SCANNED), 0);
    }

    /** The tree is taken to be as large as it was the last time. */
    private static ProgressDisplay.Expected likeParents(DedupStore store, Backup backup) {
        long entries = 0;
        long bytes = 0;
        if (!backup.parents().isEmpty()) {
            for (StoredSnapshot snapshot : store.snapshots(Job.start())) {
                if (backup.parents().contains(snapshot.id()) && !snapshot.root().partial()) {
                    entries += snapshot.root().counts().entries();
                    bytes += snapshot.root().counts().fileBytes();
                }
            }
        }
        return new ProgressDisplay.Expected(entries, bytes);
    }

    private Shard part() {
        return shard == null ? Shard.ALL : Given.as("--shard", shard, text -> Shard.parse(text, shardBy));
    }

    private ReadSpec readSpec(Volume volume) {
        ReadSpec spec = ReadSpec.of(volume.capabilities());
        return readAhead == null ? spec : spec.readAhead(readAhead);
    }

    private DedupStore.Compare compare() {
        return new DedupStore.Compare(force, ignoreCtime);
    }

    private BackupOptions options() {
        Shard part = part();
        if (!part.isAll() && set.isEmpty()) {
            throw new Trouble.Usage("--shard " + part + " needs --set, with an ID that all shards of one backup share");
        }
        return BackupOptions.standard()
                .shard(part, set)
                .tags(tags)
                .selection(selection.texts())
                .host(host)
                .program(Version.program());
    }

    private Result answer(Report report, Volume volume, Backup backup, double seconds, JobRun run) {
        long bytes = report.get(Counter.BYTES);
        Result result = new Result("backup", report.problems(), run.problemsFile())
                .fact("path", volume.root().toString())
                .fact("store", storePath.toString())
                .fact("snapshot", report.id())
                .fact("set", backup.set())
                .fact("shard", part().toString())
                .fact("parents", backup.parents())
                .line(
                        "snapshot",
                        report.id().substring(0, Math.min(8, report.id().length())) + " of " + root + " in " + storePath
                                + (backup.parents().isEmpty() ? ", the first one" : ""));
        Facts.scanned(result, report)
                .fact("unchanged_entries", report.get(Counter.UNCHANGED))
                .fact("unchanged_bytes", report.get(Counter.UNCHANGED_BYTES))
                .fact("read_bytes", bytes)
                .fact("stored_bytes", report.get(Counter.STORED_BYTES))
                .line(
                        "unchanged",
                        Figures.count(report.get(Counter.UNCHANGED)) + " entries, "
                                + Figures.bytes(report.get(Counter.UNCHANGED_BYTES)))
                .line("read", Figures.bytes(bytes))
                .line("stored", Figures.bytes(report.get(Counter.STORED_BYTES)));
        Facts.oddities(result, report);
        return Facts.time(result, seconds, report.get(Counter.ENTRIES), bytes);
    }
}
