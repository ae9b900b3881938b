package io.stripeline.write;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * The one thread that takes items. What it was given runs, cancelled or not: a {@code publishOn} whose drain is thrown
 * away while it waits for its turn never gives back what is in its queue. For the same reason nothing is interrupted;
 * whoever waits here waits for workers, which end by themselves.
 */
final class TakingThread implements Scheduler {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Tasks.named("stripeline-restore-", new AtomicInteger()));

    /** Runs a task in its turn; here, where the thread has ended: all that is left is to give back what came late. */
    @Override
    public Disposable schedule(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException ended) {
            task.run();
        }
        return Disposables.disposed();
    }

    @Override
    public Worker createWorker() {
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return TakingThread.this.schedule(task);
            }

            @Override
            public void dispose() {
                // nothing is cancelled, see above
            }
        };
    }

    /** Ends the thread when all it was given is done. */
    void end() {
        thread.shutdown();
    }
}
