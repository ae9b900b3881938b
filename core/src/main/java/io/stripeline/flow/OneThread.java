package io.stripeline.flow;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * A thread as a scheduler that runs whatever it was given, cancelled or not, and interrupts nobody: for sinks whose
 * work blocks.
 *
 * <p>Why not {@code Schedulers.fromExecutorService}: its workers withdraw tasks when they are disposed. A {@code publishOn}
 * that is cancelled between the scheduling and the start of its drain then never discards what is in its queue, and
 * slabs are lost; and an interrupt would close the file channel of whoever writes on that thread. Each drain sees that it
 * is cancelled and ends by itself.
 */
public final class OneThread implements Scheduler {
    private final ExecutorService thread;

    /** @param name of the thread, a daemon */
    public OneThread(String name) {
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread one = new Thread(task, name);
            one.setDaemon(true);
            return one;
        });
    }

    /** Runs a task in its turn; here, where the thread has ended: all that is left is to give back what came late. */
    @Override
    public Disposable schedule(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException ended) {
            task.run();
        }
        return Disposables.single();
    }

    @Override
    public Worker createWorker() {
        return new Shared();
    }

    /** Ends the thread once all it was given is done. */
    @Override
    public void dispose() {
        thread.shutdown();
    }

    @Override
    public boolean isDisposed() {
        return thread.isShutdown();
    }

    /** The thread, seen by one operator. */
    private final class Shared implements Worker {
        private volatile boolean disposed;

        @Override
        public Disposable schedule(Runnable task) {
            return OneThread.this.schedule(task);
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
