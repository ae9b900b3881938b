package io.stripeline.program;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    private Foreground() {}

    /** Runs {@code work} to its end, which must come with a value; throws what it fails with. */
    public static <T> T await(Mono<T> work, Interrupt interrupt) {
        CompletableFuture<T> result = work.toFuture();
        interrupt.onRaise(() -> result.cancel(true));
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
            throw new IllegalStateException(cause);
        } finally {
            interrupt.onRaise(null);
        }
    }
}
