package io.stripeline.cli;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.program.Foreground;
import io.stripeline.program.Interrupt;
import io.stripeline.program.ProblemLog;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One job in the foreground: counters, progress, problems named as they come, the time it took. */
final class JobRun implements AutoCloseable {
    private final Interrupt interrupt;
    private final ProblemLog problems;
    private final ProgressDisplay display;
    private final Job job;

    JobRun(Console console, Interrupt interrupt, Common common, Counter entries, ProgressDisplay.Expected expected) {
        this(console, interrupt, common, entries, expected, problem -> true);
    }

    /** @param named problems that are named one by one; the others are only counted in the report */
    JobRun(
            Console console,
            Interrupt interrupt,
            Common common,
            Counter entries,
            ProgressDisplay.Expected expected,
            Predicate<Problem> named) {
        this.interrupt = interrupt;
        Job counting = Job.start();
        this.display = new ProgressDisplay(console, counting.progress(), entries, expected, System::nanoTime);
        this.problems = new ProblemLog(
                Path.of(System.getProperty("java.io.tmpdir")), line -> display.say("stripeline: " + line), named);
        this.job = new Job(counting.progress(), new io.stripeline.flow.Problems(problems), counting.clock());
        if (!common.quiet) {
            display.start();
        }
    }

    Job job() {
        return job;
    }

    /** Waits for the end of {@code work}, stopped by signals. */
    <T> T await(Mono<T> work) {
        return Foreground.await(work, interrupt);
    }

    /** What is expected became known; for the time left. */
    void expect(ProgressDisplay.Expected total) {
        display.expect(total);
    }

    double elapsedSeconds() {
        return display.elapsedSeconds();
    }

    /** The file with problems beyond the first hundred of a cause, null where there is none. */
    @Nullable
    Path problemsFile() {
        return problems.file();
    }

    static int exitCode(Report report) {
        return report.count(Problem.Severity.ERROR) == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
    }

    /** Ends the display, so that the report can be printed; everything said is on its way. */
    void stop() {
        display.close();
        problems.close();
    }

    @Override
    public void close() {
        stop();
    }
}
