package io.stripeline.scan;

import io.stripeline.inode.InodeBatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts the workers' rows in one order, so that what is handed over here comes before everything handed over later. Rows
 * of workers that have few, because calls are slow and workers many, share a batch; full batches pass as they are.
 */
final class Collector {
    /** No row waits longer for its batch to fill. */
    static final long LONGEST_WAIT_NANOS = 20_000_000;

    /** Worth a batch of its own: copying costs more than the empty rest. */
    private static final int LARGE = 192;

    private final Outlet outlet;
    private final ReentrantLock lock = new ReentrantLock();
    private InodeBatch shared = new InodeBatch();
    private volatile boolean empty = true;
    private volatile long oldest;

    Collector(Outlet outlet) {
        this.outlet = outlet;
    }

    /** Takes rows over, waiting for demand, and returns a batch to fill. */
    InodeBatch take(InodeBatch rows) {
        InodeBatch next = rows;
        lock.lock();
        try {
            if (rows.size() >= LARGE) {
                emit();
                outlet.put(rows);
                next = new InodeBatch();
            } else {
                copy(rows);
                rows.clear();
            }
        } finally {
            lock.unlock();
        }
        outlet.drain();
        return next;
    }

    private void copy(InodeBatch rows) {
        int from = 0;
        do {
            if (shared.isFull()) {
                emit();
            }
            from = rows.copyTo(shared, from);
            if (empty) {
                oldest = System.nanoTime();
                empty = false;
            }
        } while (from < rows.size());
        if (shared.isFull()) {
            emit();
        }
    }

    private void emit() {
        if (!empty) {
            empty = true;
            outlet.put(shared);
            shared = new InodeBatch();
        }
    }

    boolean isEmpty() {
        return empty;
    }

    /** Emits rows that have waited long enough. */
    void flushIfOld(long now) {
        if (!empty && now - oldest >= LONGEST_WAIT_NANOS / 2) {
            flush();
        }
    }

    /** Emits what is there. */
    void flush() {
        lock.lock();
        try {
            emit();
        } finally {
            lock.unlock();
        }
        outlet.drain();
    }
}
