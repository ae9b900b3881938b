package io.stripeline.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work that any worker may take, and the workers that wait for it.
 *
 * <p>One lock is enough: workers keep what they find to themselves while everybody is busy ({@link #hunger()} is 0) and
 * come here once per dozens of entries. Names go first, since they are the largest; then listings, then new
 * directories, the newest first. Bounds: {@link #hasRoomForNames()} stops listings; beyond a number of pending
 * directories the oldest go to disk.
 */
final class WorkList {
    /** Beyond this the newest directories go before names, so that a walk goes deep instead of collecting them. */
    private static final int DIRS_FIRST = 8_192;
    /** Batches of 64 names, about 1.5 KB each, for each worker: the next ones are there while a listing is under way. */
    private static final int NAMES_PER_WORKER = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wanted = lock.newCondition();
    private final LaneStacks<Work.Names> names;
    private final LaneStacks<Work.Listing> listings;
    private final LaneStacks<Work.Pending> dirs;
    private final SpillFile spilled = new SpillFile();
    private final int[] inFlight;
    private final int dirsInMemory;
    private final Runnable startWorker;

    private Work.@Nullable Root root = new Work.Root();
    private int live;
    /** Of those that live the ones that were told to end and have not yet: nobody else has to go in their place. */
    private int leaving;

    private int waiting;
    private int wakeups;
    private boolean closed;
    private volatile int limit;
    private volatile int hunger;
    private volatile int nameBatches;

    /**
     * @param startWorker starts one thread that will call {@link #take}; called under the lock
     * @param dirsInMemory see {@link Limits}
     */
    WorkList(int lanes, int limit, Runnable startWorker, int dirsInMemory) {
        this.names = new LaneStacks<>(lanes);
        this.listings = new LaneStacks<>(lanes);
        this.dirs = new LaneStacks<>(lanes);
        this.inFlight = new int[lanes];
        this.limit = limit;
        this.startWorker = startWorker;
        this.dirsInMemory = dirsInMemory;
    }

    /** Workers that would take something now: those that wait, and those that may still be started. */
    int hunger() {
        return hunger;
    }

    boolean hasRoomForNames() {
        return nameBatches < NAMES_PER_WORKER * limit;
    }

    int limit() {
        return limit;
    }

    /** Starts the first worker; false where the walk has ended before it began. */
    boolean open() {
        lock.lock();
        try {
            feed(1);
            return live > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Changes how many workers may run; those beyond it end when they next ask for work. */
    void limit(int workers) {
        lock.lock();
        try {
            limit = workers;
            feed(Math.min(workers, queued()));
        } finally {
            lock.unlock();
        }
    }

    /** Adds work; drops it where the walk has ended. */
    void add(List<? extends Work> items) {
        lock.lock();
        try {
            for (Work item : items) {
                push(item);
            }
            if (dirs.size() > dirsInMemory && !closed) {
                spill();
            }
            feed(items.size());
        } finally {
            lock.unlock();
        }
    }

    private void push(Work item) {
        if (closed) {
            item.drop();
        } else if (item instanceof Work.Names batch) {
            names.push(batch);
            nameBatches = names.size();
        } else if (item instanceof Work.Listing listing) {
            listings.push(listing);
        } else if (item instanceof Work.Pending dir) {
            dirs.push(dir);
        } else {
            throw new IllegalArgumentException("The root is not found in a tree");
        }
    }

    /** Wakes waiting workers, then starts new ones, up to {@code items} together. */
    private void feed(int items) {
        int left = closed ? 0 : items;
        for (; left > 0 && waiting > 0; left--) {
            waiting--;
            wakeups++;
            wanted.signal();
        }
        for (; left > 0 && live < limit; left--) {
            live++;
            try {
                startWorker.run();
            } catch (OutOfMemoryError noThread) {
                live--;
                if (live == 0) {
                    throw noThread;
                }
                limit = live; // the machine gives no more threads: go on with those there are
            }
        }
        hunger = closed ? 0 : waiting + Math.max(0, limit - live);
    }

    /**
     * The next piece of work. Waits for it; null where the walk has ended or this worker is one too many: its thread
     * then calls {@link #left}.
     *
     * @param done the lane of the work just done, -1 for none
     * @param canWait false where the worker still holds rows back: then {@link #NOTHING} instead of waiting
     * @param mustLook true where shared rows are waiting: then {@link #NOTHING} after a while
     */
    @Nullable
    Work take(int done, boolean canWait, boolean mustLook) {
        lock.lock();
        try {
            if (done >= 0) {
                inFlight[done]--;
            }
            while (!closed && live - leaving <= limit) {
                Work next = pick();
                if (next != null) {
                    inFlight[next.lane()]++;
                    return next;
                }
                if (!canWait) {
                    return NOTHING;
                }
                waiting++;
                if (waiting == live) {
                    end();
                    return null;
                }
                hunger = waiting + Math.max(0, limit - live);
                if (!await(mustLook)) {
                    return NOTHING;
                }
            }
            leaving++;
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits to be woken; false where the time was up before. */
    private boolean await(boolean mustLook) {
        long left = Collector.LONGEST_WAIT_NANOS / 2;
        while (wakeups == 0 && !closed) {
            if (!mustLook) {
                wanted.awaitUninterruptibly();
                continue;
            }
            try {
                left = wanted.awaitNanos(left);
            } catch (InterruptedException nobodyInterrupts) {
                left = 0;
            }
            if (left <= 0 && wakeups == 0 && !closed) {
                waiting--;
                hunger = Math.max(0, hunger - 1);
                return false;
            }
        }
        wakeups = Math.max(0, wakeups - 1);
        return true;
    }

    /** Stands for no work at the moment. */
    static final Work NOTHING = new Work.Root();

    private @Nullable Work pick() {
        if (root != null) {
            Work first = root;
            root = null;
            return first;
        }
        if (dirs.size() == 0 && !spilled.isEmpty()) {
            spilled.pop().forEach(dirs::push);
        }
        boolean manyNames = !hasRoomForNames();
        Work next = null;
        if (!manyNames && dirs.size() > DIRS_FIRST) {
            next = dirs.pop(inFlight);
        }
        if (next == null && names.size() < limit) {
            next = listings.pop(inFlight);
        }
        if (next == null) {
            next = names.pop(inFlight);
            nameBatches = names.size();
        }
        if (next == null) {
            next = listings.pop(inFlight);
        }
        return next == null ? dirs.pop(inFlight) : next;
    }

    private void spill() {
        List<Work.Pending> oldest = new ArrayList<>();
        while (dirs.size() > dirsInMemory / 2) {
            Work.Pending dir = java.util.Objects.requireNonNull(dirs.pollOldest());
            oldest.add(dir);
            dir.drop();
        }
        spilled.push(oldest);
    }

    /** Ends the walk: workers get no more work, what is left is dropped. */
    void close() {
        lock.lock();
        try {
            end();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        closed = true;
        hunger = 0;
        wanted.signalAll();
    }

    /** A worker's thread ends. True for the last one of a closed list: nobody can add or take any more. */
    boolean left() {
        lock.lock();
        try {
            live--;
            leaving = Math.max(0, leaving - 1); // one that failed was not told
            if (!closed) {
                if (waiting == live && isEmpty()) {
                    end();
                } else {
                    feed(Math.min(limit, queued())); // it may have been woken for work that it left to others
                }
            }
            return closed && live == 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        return queued() == 0;
    }

    /** Pieces of work that are there; what is on disk counts as one. */
    private int queued() {
        return names.size() + listings.size() + dirs.size() + (spilled.isEmpty() ? 0 : 1);
    }

    /** Gives back what nobody took; called by the last worker. */
    void dropAll() {
        lock.lock();
        try {
            spilled.close(); // first: what is in it holds no descriptor, and pick() would read it all back
            for (Work item = pick(); item != null; item = pick()) {
                item.drop();
            }
        } finally {
            lock.unlock();
        }
    }
}
