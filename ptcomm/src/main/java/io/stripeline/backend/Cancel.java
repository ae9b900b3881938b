package io.stripeline.backend;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Somebody's wish that the job stops, and the one place where the process waits for a pipeline. Thread-safe. */
final class Cancel {
    private Runnable whenRaised;
    private @Nullable CompletableFuture<?> running;
    private boolean raised;

    /** @param whenRaised run once, at the first wish */
    Cancel(Runnable whenRaised) {
        this.whenRaised = whenRaised;
    }

    /** Also wakes whoever waits where no pipeline is: {@code wake} runs at the first wish, at once where it has come. */
    void also(Runnable wake) {
        boolean late;
        synchronized (this) {
            Runnable before = whenRaised;
            whenRaised = () -> {
                before.run();
                wake.run();
            };
            late = raised;
        }
        if (late) {
            wake.run();
        }
    }

    void raise() {
        CompletableFuture<?> now;
        Runnable wake;
        synchronized (this) {
            if (raised) {
                return;
            }
            raised = true;
            now = running;
            wake = whenRaised;
        }
        wake.run();
        if (now != null) {
            now.cancel(true);
        }
    }

    synchronized boolean isRaised() {
        return raised;
    }

    /**
     * Runs {@code work} to its end; throws what it fails with.
     *
     * @throws CancellationException where it was cancelled
     */
    <T> T await(Mono<T> work) {
        CompletableFuture<T> future = work.toFuture();
        boolean late;
        synchronized (this) {
            running = future;
            late = raised;
        }
        if (late) {
            future.cancel(true);
        }
        try {
            return future.get();
        } catch (InterruptedException stopped) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(failed.getCause());
        } finally {
            synchronized (this) {
                running = null;
            }
        }
    }
}
