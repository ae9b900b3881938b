package io.stripeline.flow;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Timers that do not keep to themselves what a task throws: the handler of uncaught exceptions of their thread is told,
 * as if the thread had been started by hand. A JDK's executor stores it in a future that nobody asks, and repeats the task
 * no more.
 *
 * <p>What operators of Reactor do not pass on, since it is fatal to the JVM, comes up here when it happened on a timer.
 */
public final class Outspoken extends ScheduledThreadPoolExecutor {
    /** @param threads of a name of their own */
    public Outspoken(int size, ThreadFactory threads) {
        super(size, threads);
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        super.afterExecute(task, thrown);
        if (thrown != null || !(task instanceof Future<?> done) || !done.isDone()) {
            return; // thrown to the thread anyway, or to be repeated
        }
        Throwable failure = failureOf(done);
        if (failure != null) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }

    private static @Nullable Throwable failureOf(Future<?> done) {
        try {
            done.get();
            return null;
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (CancellationException cancelled) {
            return null;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
