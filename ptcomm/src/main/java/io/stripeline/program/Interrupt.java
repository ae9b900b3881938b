package io.stripeline.program;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns SIGINT and SIGTERM into a cancelled pipeline.
 *
 * <p>The JVM answers both signals by running its shutdown hooks and then ending with 128 plus the signal's number. The
 * hook here cancels what runs and waits until the main thread has closed everything, so that a store is left as its
 * writer wants to leave it; after a bounded time it gives up, since a hanging filesystem must not make the process
 * immortal. A store is valid even then.
 *
 * <p>As long as no work has begun (a store is opened, an index read, something counted) there is nothing to leave in
 * order: the process ends after a moment in which a listing can end its line.
 */
public final class Interrupt implements Foreground.Stop {
    /** Long enough to finish system calls under way on a busy parallel filesystem and to fsync a pack. */
    private static final long PATIENCE_SECONDS = 30;

    private static final long MOMENT_MILLIS = 500;

    private final CountDownLatch finished = new CountDownLatch(1);
    private @Nullable Runnable cancel;
    private boolean begun;
    private boolean raised;

    private Interrupt() {}

    /** For callers that are no process of their own: never raised. */
    public static Interrupt none() {
        return new Interrupt();
    }

    public static Interrupt onSignals(PrintStream err) {
        Interrupt interrupt = new Interrupt();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt.raise(err), "stripeline-interrupt"));
        return interrupt;
    }

    /** What a signal does; waits for {@link #finished()}. */
    public void raise(PrintStream err) {
        Runnable action;
        boolean patient;
        synchronized (this) {
            raised = true;
            action = cancel;
            patient = begun;
        }
        if (action != null) {
            action.run();
        }
        try {
            if (!patient) {
                if (!finished.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS)) {
                    err.println("stripeline: interrupted");
                }
            } else if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                err.println("stripeline: still busy " + PATIENCE_SECONDS
                        + " s after the signal, ending now; what was acknowledged is safe");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the JVM is ending: nothing is left to wait for
        }
    }

    @Override
    public void onRaise(@Nullable Runnable action) {
        boolean now;
        synchronized (this) {
            cancel = action;
            begun |= action != null;
            now = raised;
        }
        if (now && action != null) {
            action.run();
        }
    }

    public synchronized boolean isRaised() {
        return raised;
    }

    /** Everything is closed and said; the process may end. */
    public void finished() {
        finished.countDown();
    }
}
