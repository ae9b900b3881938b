package io.stripeline.backend;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.RawPath;
import io.stripeline.program.Figures;
import io.stripeline.program.ProblemLog;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The job's log at the Director: problems as they come, the first hundred of a cause, the rest counted and in a file;
 * progress every ten minutes, which also tells the plugin that somebody is at work. Thread-safe.
 */
final class JobLog implements Problems.Overflow, AutoCloseable {
    /** A plugin gives a backend up that says nothing for an hour. */
    private static final int PROGRESS_SECONDS = 600;

    private final BackendSession session;
    private final Cancel cancel;
    private final boolean aborts;
    private final ProblemLog problems;
    private final ScheduledThreadPoolExecutor timer;
    private volatile RawPath root = RawPath.ROOT;

    /** @param directory for the file of problems that are only counted */
    JobLog(BackendSession session, Cancel cancel, Path directory) {
        this.session = session;
        this.cancel = cancel;
        this.aborts = session.parameters().isNotZero("abort_on_error");
        this.problems = new ProblemLog(directory, this::problem);
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "stripeline-progress");
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** The tree that the paths of problems are relative to from now on. */
    void in(RawPath tree) {
        root = tree;
    }

    @Override
    public void accept(Problem problem) {
        RawPath relative = problem.path();
        RawPath path = relative.isAbsolute() ? relative : root.child(relative.toBytes());
        problems.accept(new Problem(path, problem.severity(), problem.cause(), problem.message()));
    }

    private void problem(String line) {
        boolean error = line.startsWith("error: ");
        String text = line.substring(line.indexOf(": ") + 2);
        if (error && aborts) {
            abort(text);
        } else {
            say(error ? Status.FILE_ERROR : Status.WARNING, text);
        }
    }

    /** Ends the job: said at once, then all work stops, and whoever waits for that waits for the plugin. */
    private void abort(String why) {
        try {
            session.abort(why);
        } catch (IOException gone) {
            cancel.raise();
        } finally {
            cancel.stop();
        }
    }

    /** Where nobody is left to be told, there is nothing left to be done either; the threads that tell go on to the end. */
    private void say(Status letter, String text) {
        try {
            session.say(letter, text);
        } catch (UncheckedIOException gone) {
            cancel.raise();
        }
    }

    void info(String line) {
        say(Status.INFO, line);
    }

    void warn(String line) {
        say(Status.WARNING, line);
    }

    /**
     * Shows progress every ten minutes, until it is closed; more often where the system property {@code
     * stripeline.progress.seconds} says so.
     */
    void every(Supplier<String> progress) {
        int seconds = Math.max(1, Integer.getInteger("stripeline.progress.seconds", PROGRESS_SECONDS));
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(() -> show(progress), seconds, seconds, TimeUnit.SECONDS);
    }

    /** What the timer is thrown it keeps to itself, and says nothing ever after: the job ends instead. */
    void show(Supplier<String> progress) {
        try {
            info(progress.get());
        } catch (RuntimeException | Error broken) {
            abort("internal error while showing progress: " + broken);
        }
    }

    static String progress(Progress counters, double seconds) {
        return "so far " + Figures.count(counters.get(Counter.SCANNED)) + " entries found, "
                + Figures.count(counters.get(Counter.ENTRIES)) + " done, "
                + Figures.bytes(counters.get(Counter.BYTES)) + " read in " + Figures.seconds(seconds);
    }

    /** Where problems are that were only counted; said once, at the end. */
    void sayWhereTheRestIs() {
        Path file = problems.file();
        if (file != null) {
            warn("more than " + Problems.KEPT_PER_CAUSE + " problems of one kind: the others are in " + file);
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        problems.close();
    }
}
