package io.stripeline.cli;

import io.stripeline.dedup.CheckResult;
import io.stripeline.dedup.DedupStore;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.scheduler.Scheduler;

@Command(
        name = "check",
        description = "Prove that a store holds all that its snapshots need. Damage is exit code 1.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline check ./store --read-data")
final class CheckCommand implements Callable<Integer> {
    private final Console console;
    private final Interrupt interrupt;

    @Parameters(paramLabel = "STORE", description = "Directory of the store.")
    private Path storePath = Path.of("");

    @Option(names = "--read-data", description = "Read every byte and prove it, not only what listings need.")
    private boolean readData;

    @Mixin
    private final Common common = new Common();

    CheckCommand(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public Integer call() {
        Scheduler thread = Workers.one("stripeline-check");
        try (DedupStore store = DedupStore.open(storePath);
                JobRun run = new JobRun(
                        console, interrupt, common.silent(), Counter.ENTRIES, ProgressDisplay.Expected.NOTHING)) {
            CheckResult found = run.await(Workers.call(() -> store.check(readData, run.job()), thread));
            double seconds = run.elapsedSeconds();
            run.stop();
            int code = found.isSound() ? ExitCode.DONE : ExitCode.FATAL;
            Result result = new Result("check", run.job().problems().groups(), run.problemsFile())
                    .fact("store", storePath.toString())
                    .fact("read_data", readData)
                    .fact("sound", found.isSound())
                    .fact("damages", found.damages())
                    .fact("snapshots", found.snapshots())
                    .fact("entries", found.entries())
                    .line(found.isSound() ? "sound" : "DAMAGED", verdict(found))
                    .line(
                            "checked",
                            Figures.count(found.snapshots()) + " snapshots, " + Figures.count(found.entries())
                                    + " entries");
            Facts.time(result, seconds, found.entries(), 0).print(console, common.json, code);
            return code;
        } finally {
            thread.dispose();
        }
    }

    private String verdict(CheckResult found) {
        if (!found.isSound()) {
            return Figures.count(found.damages()) + " damages in " + storePath
                    + ", named above; what they do not touch can be restored";
        }
        return readData
                ? storePath + ": every byte was read and proved"
                : storePath + ": all that snapshots need is there; --read-data also proves the content";
    }
}
