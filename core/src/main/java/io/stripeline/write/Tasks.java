package io.stripeline.write;

import io.stripeline.inode.RawPath;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The workers of one restore, and what they have in hand: a bounded number of tasks, and the paths that are being made,
 * so that nobody makes a path twice at once or links to one that is not whole.
 */
final class Tasks {
    /** Calls under way: enough to hide the latency of a metadata server, few enough to stay in memory. */
    private static final int WORKERS =
            Math.max(8, Math.min(64, 4 * Runtime.getRuntime().availableProcessors()));
    /** Accepted and not done: each worker has one in hand and one waiting. */
    private static final int OUTSTANDING = 2 * WORKERS;

    private final Semaphore room = new Semaphore(OUTSTANDING);
    private final ConcurrentHashMap<RawPath, CountDownLatch> paths = new ConcurrentHashMap<>();
    private final ExecutorService workers;

    Tasks() {
        this(Executors.newFixedThreadPool(WORKERS, named("stripeline-writer-", new AtomicInteger())));
    }

    Tasks(ExecutorService workers) {
        this.workers = workers;
    }

    static ThreadFactory named(String prefix, AtomicInteger number) {
        return work -> {
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Claims a path; waits while another task has it. Release it with {@link #done}. */
    void claim(RawPath path) throws InterruptedException {
        CountDownLatch mine = new CountDownLatch(1);
        for (CountDownLatch other = paths.putIfAbsent(path, mine);
                other != null;
                other = paths.putIfAbsent(path, mine)) {
            other.await();
        }
    }

    /** Waits until nobody makes this path. */
    void await(RawPath path) throws InterruptedException {
        CountDownLatch other = paths.get(path);
        if (other != null) {
            other.await();
        }
    }

    void done(RawPath path) {
        CountDownLatch latch = paths.remove(path);
        if (latch != null) {
            latch.countDown();
        }
    }

    /** Runs a task on a worker, or here where the machine gives no more threads; waits for room. The task must not throw. */
    void submit(Runnable task) throws InterruptedException {
        room.acquire();
        Runnable whole = () -> {
            try {
                task.run();
            } finally {
                room.release();
            }
        };
        try {
            workers.execute(whole);
        } catch (OutOfMemoryError noThread) {
            whole.run(); // whoever drains waits for it
        }
    }

    /** Waits until all tasks are done. */
    void drain() throws InterruptedException {
        room.acquire(OUTSTANDING);
        room.release(OUTSTANDING);
    }

    /** Lets the tasks in hand end, takes no more. */
    void close() {
        workers.shutdown();
        boolean interrupted = false;
        try {
            while (!workers.isTerminated()) {
                try {
                    workers.awaitTermination(1, TimeUnit.SECONDS);
                } catch (InterruptedException again) {
                    interrupted = true; // their descriptors are closed next: they must be done
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
