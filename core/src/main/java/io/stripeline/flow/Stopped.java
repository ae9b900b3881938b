package io.stripeline.flow;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Error} of the JVM (no memory, no thread, a class that does not link) stopped a part of a job. Reactor throws
 * such an Error on, on whatever thread it is, and tells nobody downstream; an executor keeps it in a future. Both leave a
 * job without an end. What runs inside a stage therefore throws this instead, which ends the stream as any other failure.
 */
public final class Stopped extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** @param part what stopped, as a sentence begins: {@code Storing} */
    public Stopped(String part, Throwable broken) {
        super(part + " stopped: " + broken, broken);
    }

    /** What a stream may pass on of anything thrown: {@code thrown} itself, or Stopped where it is none. */
    public static RuntimeException failure(String part, Throwable thrown) {
        return thrown instanceof RuntimeException told ? told : new Stopped(part, thrown);
    }

    /** Does {@code work} on this thread; its Error comes out as Stopped, its exceptions as they are. */
    public static void run(String part, Runnable work) {
        try {
            work.run();
        } catch (Error broken) {
            throw new Stopped(part, broken);
        }
    }

    /** As {@link #run}, with the answer of {@code work}. */
    public static <T extends @Nullable Object> T call(String part, Supplier<T> work) {
        try {
            return work.get();
        } catch (Error broken) {
            throw new Stopped(part, broken);
        }
    }
}
