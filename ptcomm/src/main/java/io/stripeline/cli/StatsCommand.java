package io.stripeline.cli;

import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.StoreStats;
import io.stripeline.flow.Job;
import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "stats",
        description = "Tell what a store holds, and how much of it no snapshot needs.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline stats ./store")
final class StatsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "STORE", description = "Directory of the store.")
    private Path storePath = Path.of("");

    @Mixin
    private final Common common = new Common();

    StatsCommand(Console console, Interrupt interrupt) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Job job = StoreReading.job(console);
        StoreStats stats;
        try (DedupStore store = DedupStore.open(storePath)) {
            stats = store.stats(job);
        }
        int code = StoreReading.exitCode(job);
        new Result("stats", job.problems().groups(), null)
                .fact("store", storePath.toString())
                .fact("snapshots", stats.snapshots())
                .fact("sets", stats.sets())
                .fact("chunks", stats.chunks())
                .fact("stored_bytes", stats.storedBytes())
                .fact("raw_bytes", stats.rawBytes())
                .fact("reclaimable_bytes", stats.reclaimableBytes())
                .fact("leftover_bytes", stats.leftoverBytes())
                .line(
                        "holds",
                        Figures.count(stats.snapshots()) + " snapshots of " + Figures.count(stats.sets()) + " backups")
                .line("chunks", Figures.count(stats.chunks()))
                .line(
                        "stored",
                        Figures.bytes(stats.storedBytes()) + " for " + Figures.bytes(stats.rawBytes()) + " of chunks")
                .line(
                        "reclaim",
                        Figures.bytes(stats.reclaimableBytes()) + " that no snapshot needs, "
                                + Figures.bytes(stats.leftoverBytes())
                                + " of it of writers that crashed or are at work")
                .print(console, common.json, code);
        return code;
    }
}
