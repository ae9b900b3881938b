package io.stripeline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Hooks;

/**
 * After every test: no slab out, no thread of ours left, no descriptor more than before, no open fake file, no error
 * that Reactor had to drop. Registered by itself, so a test cannot forget it.
 *
 * <p>What ends by itself shortly after a cancel (a thread under way in a system call) gets {@link #GRACE_MILLIS}. What
 * a class keeps from {@code @BeforeAll} on is there before each test and does not count.
 */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
    /** Long enough for a loaded machine; only a leak ever waits that long. */
    private static final int GRACE_MILLIS = 5_000;

    /** Another grace, in milliseconds, for those who run into it on purpose. */
    static final String GRACE_PROPERTY = "stripeline.leaks.grace";

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NoLeaks.class);

    /** What there was before a test, and what Reactor dropped since. */
    private record Before(Set<Thread> threads, Set<String> descriptors, Queue<Throwable> dropped) {}

    /** The JDK keeps one socket of its own from the first pipe that is closed. */
    static {
        try {
            Pipe pipe = Pipe.open();
            pipe.sink().close();
            pipe.source().close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Slabs.forget();
        OpenFiles.forget();
        Before before = new Before(threads(), Descriptors.open(), new ConcurrentLinkedQueue<>());
        Hooks.resetOnErrorDropped();
        Hooks.onErrorDropped(before.dropped::add);
        context.getStore(NAMESPACE).put(Before.class, before);
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        Before before = context.getStore(NAMESPACE).remove(Before.class, Before.class);
        if (before == null) {
            return;
        }
        List<String> left = left(before);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Integer.getInteger(GRACE_PROPERTY, GRACE_MILLIS));
        while (!left.isEmpty() && before.dropped.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(5);
            left = left(before);
        }
        Hooks.resetOnErrorDropped();
        if (!left.isEmpty() && context.getExecutionException().isEmpty()) {
            AssertionError leak = new AssertionError("Left after the test:\n  " + String.join("\n  ", left));
            before.dropped.forEach(leak::addSuppressed);
            throw leak;
        }
    }

    private static List<String> left(Before before) {
        List<String> out = new ArrayList<>(Slabs.outstanding());
        out.addAll(OpenFiles.left());
        Set<Thread> threads = threads();
        threads.removeAll(before.threads);
        threads.forEach(thread ->
                out.add("thread " + thread.getName() + " " + thread.getState() + ", at " + Slabs.stack(trace(thread))));
        Set<String> descriptors = Descriptors.open();
        descriptors.removeAll(before.descriptors);
        descriptors.forEach(descriptor -> out.add("descriptor " + descriptor));
        before.dropped.forEach(error -> out.add("error dropped by Reactor: " + error));
        return out;
    }

    private static Throwable trace(Thread thread) {
        Throwable at = new Throwable();
        at.setStackTrace(thread.getStackTrace());
        return at;
    }

    private static Set<Thread> threads() {
        Set<Thread> out = new HashSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("stripeline-")) {
                out.add(thread);
            }
        }
        return out;
    }
}
