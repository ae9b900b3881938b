package io.stripeline.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The one place of the command where a pipeline is subscribed to and waited for. */
public final class Foreground {
    /** A signal stopped the work. */
    public static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Interrupted() {
            super("interrupted", null, false, false);
        }
    }

    /** Somebody who may want the work to stop. */
    public interface Stop {
        /** Runs {@code action} when the wish comes, at once where it came before; null for nothing. */
        void onRaise(@Nullable Runnable action);
    }

    private Foreground() {}

    /** Runs {@code work} to its end, which must come with a value; throws what it fails with, an IOException unchecked. */
    public static <T> T await(Mono<T> work, Stop stop) {
        CompletableFuture<T> result = work.toFuture();
        stop.onRaise(() -> result.cancel(true));
        try {
            return result.get();
        } catch (CancellationException cancelled) {
            throw new Interrupted();
        } catch (InterruptedException interrupted) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new Interrupted();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            if (cause instanceof IOException local) {
                throw new UncheckedIOException(local);
            }
            throw new IllegalStateException(cause);
        } finally {
            stop.onRaise(null);
        }
    }
}
