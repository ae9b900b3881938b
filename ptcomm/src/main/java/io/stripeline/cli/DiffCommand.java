package io.stripeline.cli;

import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoredSet;
import io.stripeline.flow.Job;
import io.stripeline.inode.RawPath;
import io.stripeline.program.Interrupt;
import io.stripeline.snapshot.Diff;
import io.stripeline.snapshot.SnapshotSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = "Tell what differs from snapshot A to snapshot B.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline diff ./store 3f2a 9c01")
final class DiffCommand implements Callable<Integer> {
    private final Console console;
    private final Interrupt interrupt;

    @Parameters(index = "0", paramLabel = "STORE", description = "Directory of the store.")
    private Path storePath = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "A",
            description = "The earlier snapshot: latest, a set, or the beginning of an id.")
    private String before = "";

    @Parameters(index = "2", paramLabel = "B", description = "The later one.")
    private String after = "";

    @Option(names = "--path", paramLabel = "PATH", description = "Only what is at and below PATH.")
    private String path = "";

    @Mixin
    private final Common common = new Common();

    DiffCommand(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public Integer call() {
        SnapshotPath.check(path);
        Job job = StoreReading.job(console);
        try (DedupStore store = DedupStore.open(storePath)) {
            StoredSet first = store.find(before, job);
            StoredSet second = store.find(after, job);
            RawPath below = SnapshotPath.parse(second.any().path(), path);
            SnapshotSet earlier = store.open(first);
            SnapshotSet later = store.open(second);
            if (StoreReading.isAbsent(earlier, below) && StoreReading.isAbsent(later, below)) {
                throw new Trouble.Refused(
                        "'" + below + "' is neither in snapshot " + before + " nor in snapshot " + after);
            }
            Diff diff = Diff.of(earlier, later, below);
            DifferencePrinter printer = new DifferencePrinter(console, interrupt, job);
            if (common.json) {
                printer.json(diff);
            } else {
                printer.text(diff);
            }
        }
        return StoreReading.exitCode(job);
    }
}
