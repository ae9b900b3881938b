package io.stripeline.scan;

import io.stripeline.inode.InodeBatch;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/**
 * Where workers hand batches to the subscriber: a queue of {@link #CAPACITY}, emptied by whoever comes along while
 * there is demand. Workers wait while it is full: a subscriber that stands still stops the walk.
 */
final class Outlet {
    /** 40 KB each: enough that workers do not wait for each other's hand-over, less than a megabyte. */
    static final int CAPACITY = 16;

    private final FluxSink<InodeBatch> sink;
    private final ArrayDeque<InodeBatch> queue = new ArrayDeque<>(CAPACITY);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition hasRoom = lock.newCondition();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger drains = new AtomicInteger();
    private boolean closed;
    private boolean ended;
    private boolean told;
    private @Nullable Throwable error;

    Outlet(FluxSink<InodeBatch> sink) {
        this.sink = sink;
    }

    /** More demand of the subscriber, from any thread. */
    void request(long n) {
        demand.accumulateAndGet(n, (have, more) -> have + more < 0 ? Long.MAX_VALUE : have + more);
        drain();
    }

    /** Queues a batch, waiting for room; drops it where nobody listens any more. The caller then calls drain. */
    void put(InodeBatch batch) {
        while (!offer(batch)) {
            drain(); // there may be demand, and room after it
            lock.lock();
            try {
                while (queue.size() >= CAPACITY && !closed) {
                    hasRoom.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean offer(InodeBatch batch) {
        lock.lock();
        try {
            return closed || (queue.size() < CAPACITY && queue.add(batch));
        } finally {
            lock.unlock();
        }
    }

    /** No more batches; the subscriber completes once it has taken those in the queue. */
    void complete() {
        lock.lock();
        ended = true;
        lock.unlock();
        drain();
    }

    /** Ends with an error at once. */
    void fail(Throwable cause) {
        lock.lock();
        error = error == null && !closed ? cause : error;
        lock.unlock();
        drain();
    }

    /** Nobody listens any more: drops what is queued and lets waiting workers go. */
    void close() {
        lock.lock();
        try {
            closed = true;
            queue.clear();
            hasRoom.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Emits what is queued as far as there is demand, unless somebody else is doing so. */
    void drain() {
        if (drains.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            InodeBatch next;
            while (demand.get() > 0 && (next = poll()) != null) {
                if (demand.get() != Long.MAX_VALUE) {
                    demand.decrementAndGet();
                }
                sink.next(next);
            }
            finish();
            missed = drains.addAndGet(-missed);
        }
    }

    private @Nullable InodeBatch poll() {
        lock.lock();
        try {
            InodeBatch next = error == null ? queue.poll() : null;
            if (next != null) {
                hasRoom.signal();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        lock.lock();
        Throwable failed = error;
        boolean complete = ended && queue.isEmpty();
        // an error that came before the close is still told: whoever drains may come here only after both
        boolean over = told || closed && failed == null;
        told |= failed != null;
        lock.unlock();
        if (over || sink.isCancelled()) {
            return;
        }
        if (failed != null) {
            sink.error(failed);
        } else if (complete) {
            sink.complete();
        }
    }
}
