package io.stripeline.cli;

import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.program.Figures;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows the counters of a job while it runs: one line that is redrawn on a terminal, one new line every ten seconds
 * elsewhere, so that a log of a night's job stays readable. One timer a job; nothing is done per entry.
 *
 * <p>Messages meanwhile go through {@link #say}, which keeps them off the redrawn line.
 */
final class ProgressDisplay implements AutoCloseable {
    /** What is expected, for the time left; zeros where nobody knows. */
    record Expected(long entries, long bytes) {
        static final Expected NOTHING = new Expected(0, 0);
    }

    private static final long REDRAW_MILLIS = 250; // faster than that nobody can read
    private static final long LINE_MILLIS = 10_000;
    private static final int COLUMNS = 79; // a longer line would wrap and could not be redrawn
    private static final String ERASE = "\r\033[K";

    private final Console console;
    private final Progress progress;
    private final Counter entries;
    private final LongSupplier nanoTime;
    private final long begunNanos;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stripeline-progress");
        thread.setDaemon(true);
        return thread;
    });

    private @Nullable ScheduledFuture<?> drawing;
    private Expected expected;
    private boolean drawn;
    private long lastNanos;
    private long lastBytes;
    private long lastEntries;

    ProgressDisplay(Console console, Progress progress, Counter entries, Expected expected, LongSupplier nanoTime) {
        this.console = console;
        this.progress = progress;
        this.entries = entries;
        this.expected = expected;
        this.nanoTime = nanoTime;
        this.begunNanos = nanoTime.getAsLong();
        this.lastNanos = begunNanos;
    }

    /** Starts the timer; without this nothing is shown but messages. */
    ProgressDisplay start() {
        long period = console.terminal() ? REDRAW_MILLIS : LINE_MILLIS;
        drawing = timer.scheduleAtFixedRate(this::drawOrTell, period, period, TimeUnit.MILLISECONDS);
        return this;
    }

    /** What the timer is thrown it keeps to itself: the handler of uncaught exceptions knows what to do. */
    void drawOrTell() {
        try {
            draw();
        } catch (RuntimeException | Error broken) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, broken);
        }
    }

    synchronized void draw() {
        String line = line();
        if (console.terminal()) {
            console.err().print(ERASE + line.substring(0, Math.min(COLUMNS, line.length())));
            console.err().flush();
            drawn = true;
        } else {
            console.err().println("stripeline: " + line);
        }
    }

    /** What is expected became known. */
    synchronized void expect(Expected total) {
        expected = total;
    }

    /** A message on a line of its own. */
    synchronized void say(String message) {
        if (drawn) {
            console.err().print(ERASE);
            drawn = false;
        }
        console.err().println(message);
    }

    private String line() {
        long now = nanoTime.getAsLong();
        double seconds = Math.max(1e-3, (now - lastNanos) / 1e9);
        long count = progress.get(entries);
        long bytes = progress.get(Counter.BYTES);
        StringBuilder line = new StringBuilder()
                .append(Figures.count(count))
                .append(" entries (")
                .append(Figures.count(Math.round((count - lastEntries) / seconds)))
                .append("/s)");
        if (entries != Counter.SCANNED) {
            line.append(", ")
                    .append(Figures.bytes(bytes))
                    .append(" (")
                    .append(Figures.rate((bytes - lastBytes) / seconds))
                    .append(')');
        }
        long unchanged = progress.get(Counter.UNCHANGED);
        if (unchanged > 0) {
            line.append(", ").append(Figures.count(unchanged)).append(" unchanged");
        }
        long failed = progress.get(Counter.FAILED);
        if (failed > 0) {
            line.append(", ").append(Figures.count(failed)).append(" failed");
        }
        double done = share(count, bytes + progress.get(Counter.UNCHANGED_BYTES));
        if (done > 0) {
            double elapsed = (now - begunNanos) / 1e9;
            line.append(", ")
                    .append(Figures.seconds(elapsed * (1 - done) / done))
                    .append(" left");
        }
        lastNanos = now;
        lastEntries = count;
        lastBytes = bytes;
        return line.toString();
    }

    /** The part that is done, 0 where that cannot be told: bytes count as much as entries, since either may dominate. */
    private double share(long count, long bytes) {
        if (expected.entries() == 0 || count == 0) {
            return 0;
        }
        double byEntries = Math.min(1.0, (double) count / expected.entries());
        double byBytes = expected.bytes() == 0 ? byEntries : Math.min(1.0, (double) bytes / expected.bytes());
        return (byEntries + byBytes) / 2;
    }

    double elapsedSeconds() {
        return (nanoTime.getAsLong() - begunNanos) / 1e9;
    }

    /** Stops the timer and clears the line. */
    @Override
    public void close() {
        if (drawing != null) {
            drawing.cancel(false);
        }
        timer.shutdownNow();
        synchronized (this) {
            if (drawn) {
                console.err().print(ERASE);
                console.err().flush();
                drawn = false;
            }
        }
    }
}
