package io.stripeline.flow;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * An executor as a scheduler that runs whatever it was given, cancelled or not, and interrupts nobody: for stages and
 * sinks whose work blocks.
 *
 * <p>Why not {@code Schedulers.fromExecutorService}: its workers withdraw tasks when they are disposed. A {@code publishOn}
 * that is cancelled between the scheduling and the start of its drain then never discards what is in its queue, and
 * slabs are lost; what comes after the end of the executor is rejected, an error that nobody is left to take; and an
 * interrupt would close the file channel of whoever writes on that thread. Each drain sees that it is cancelled and
 * ends by itself.
 */
public final class Steady implements Scheduler {
    private final ExecutorService threads;

    /** @param threads shut down by {@link #dispose()}, or by whoever owns them */
    public Steady(ExecutorService threads) {
        this.threads = threads;
    }

    /** One thread of that name, a daemon. */
    public static Steady oneThread(String name) {
        return new Steady(Executors.newSingleThreadExecutor(task -> {
            Thread one = new Thread(task, name);
            one.setDaemon(true);
            return one;
        }));
    }

    /** Runs a task in its turn; here, where the threads have ended: all that is left is to give back what came late. */
    @Override
    public Disposable schedule(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException ended) {
            task.run();
        }
        return Disposables.single();
    }

    @Override
    public Worker createWorker() {
        return new Shared();
    }

    /** Ends the threads once all they were given is done. */
    @Override
    public void dispose() {
        threads.shutdown();
    }

    @Override
    public boolean isDisposed() {
        return threads.isShutdown();
    }

    /** The threads, seen by one operator. */
    private final class Shared implements Worker {
        private volatile boolean disposed;

        @Override
        public Disposable schedule(Runnable task) {
            return Steady.this.schedule(task);
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }
}
