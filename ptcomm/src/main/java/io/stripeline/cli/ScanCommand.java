package io.stripeline.cli;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.program.Interrupt;
import io.stripeline.scan.ScanSpec;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

@Command(
        name = "scan",
        description = "Walk a tree and count what is in it; reads no content.",
        footerHeading = "%nExample:%n",
        footer = "  stripeline scan /home --one-fs --exclude '*.tmp'")
final class ScanCommand implements Callable<Integer> {
    private final Console console;
    private final Interrupt interrupt;

    @Parameters(paramLabel = "PATH", description = "Directory to walk.")
    private Path root = Path.of("");

    @Mixin
    private final Selection selection = new Selection();

    @Mixin
    private final Common common = new Common();

    ScanCommand(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    @Override
    public Integer call() {
        ScanSpec spec = selection.spec(Set.of());
        try (Volume volume = Trees.openToWalk(root, Set.of());
                JobRun run =
                        new JobRun(console, interrupt, common, Counter.SCANNED, ProgressDisplay.Expected.NOTHING)) {
            Report report = run.await(count(volume, spec, run.job()));
            double seconds = run.elapsedSeconds();
            run.stop();
            int code = JobRun.exitCode(report);
            answer(report, volume, seconds, run).print(console, common.json, code);
            return code;
        }
    }

    private static Mono<Report> count(Volume volume, ScanSpec spec, Job job) {
        return volume.scan(spec, job)
                .doOnNext(batch -> Unread.count(batch, job))
                .then(Mono.fromSupplier(() -> Report.of("", job)));
    }

    private Result answer(Report report, Volume volume, double seconds, JobRun run) {
        long entries = report.get(Counter.SCANNED);
        Result result = new Result("scan", report.problems(), run.problemsFile())
                .fact("path", volume.root().toString());
        Facts.scanned(result, report);
        return Facts.time(result, seconds, entries, 0);
    }
}
