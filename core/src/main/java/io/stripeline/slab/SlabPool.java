package io.stripeline.slab;

import io.stripeline.posix.NativeMemory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of {@link Slab}s, and the order in which they are granted.
 *
 * <p>Every reader of a file holds a {@link Ticket}; tickets are numbered in file order. A free slab goes to the oldest
 * ticket that waits, and the last {@code reserve} free slabs only to the oldest open ticket: the head of the line can
 * always finish, however many files behind it are read ahead. Without that, readers of later files could hold every
 * slab while the file whose turn it is waits for one, and nobody would move again.
 *
 * <p>A slab is handed to one waiter, who alone is woken: a return costs the same with one waiter as with a hundred.
 * Memory is allocated on first use of a slab and kept until {@link #close()}. Thread-safe.
 */
public final class SlabPool implements AutoCloseable {
    /** Starting value: large enough for one read of a striped file, small enough that a hundred small files fit. */
    public static final int DEFAULT_SLAB_BYTES = 256 << 10;

    /** Slabs start at page borders: O_DIRECT asks for that much at most. */
    private static final int PAGE_BYTES = 4096;

    private final int slabBytes;
    private final int count;
    private final int reserve;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Slab.Memory> free = new ArrayDeque<>();
    private final TreeSet<Waiter> waiting = new TreeSet<>();

    /** Open tickets, oldest first, linked through themselves: opening and closing one costs the same for any number. */
    private @Nullable Ticket oldest;

    private @Nullable Ticket newest;
    private @Nullable Set<Slab> traced;
    private int allocated;
    private int outstanding;
    private long nextTicket;
    private long nextWaiter;
    private boolean closed;

    /** The right to take slabs at one place of the line. Close it when the file needs no more of them. */
    public final class Ticket implements AutoCloseable {
        private final long number;
        private @Nullable Ticket older;
        private @Nullable Ticket newer;
        private boolean open = true;

        private Ticket(long number) {
            this.number = number;
        }

        /**
         * Takes a slab, waiting for one if need be; blocks, so only on a thread that may. Several threads that wait
         * with one ticket are served in the order in which they came.
         *
         * @throws InterruptedException when interrupted while waiting; nothing was taken
         * @throws IllegalStateException when the pool or this ticket is closed
         */
        public Slab take() throws InterruptedException {
            lock.lock();
            try {
                checkOpen(this);
                if (outstanding < count && (oldest == this || count - outstanding > reserve)) {
                    outstanding++;
                    return slab(free.poll());
                }
                return await(new Waiter(this, nextWaiter++, lock.newCondition()));
            } finally {
                lock.unlock();
            }
        }

        /**
         * Gives up this place in the line. Slabs taken with it stay with their owners; threads that wait with it get an
         * {@link IllegalStateException}.
         */
        @Override
        public void close() {
            lock.lock();
            try {
                if (open) {
                    open = false;
                    unlink(this);
                    wake(this);
                    serve();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** A thread that waits for a slab; whoever may grant it one marks it here, with the memory if there is some. */
    private static final class Waiter implements Comparable<Waiter> {
        final Ticket ticket;
        final long number;
        final Condition served;
        boolean granted;
        Slab.@Nullable Memory memory;

        Waiter(Ticket ticket, long number, Condition served) {
            this.ticket = ticket;
            this.number = number;
            this.served = served;
        }

        @Override
        public int compareTo(Waiter other) {
            int byTicket = Long.compare(ticket.number, other.ticket.number);
            return byTicket != 0 ? byTicket : Long.compare(number, other.number);
        }
    }

    private SlabPool(int count, int slabBytes, int reserve) {
        if (count < 1 || slabBytes < 4096 || reserve < 1 || reserve > count) {
            throw new IllegalArgumentException("A pool needs at least one slab of 4096 bytes, and a reserve within it: "
                    + count + " x " + slabBytes + ", reserve " + reserve);
        }
        this.count = count;
        this.slabBytes = slabBytes;
        this.reserve = reserve;
    }

    /** As many default slabs as fit in {@code bytes}. */
    public static SlabPool ofBytes(long bytes) {
        return of((int) Math.max(1, Math.min(bytes / DEFAULT_SLAB_BYTES, 1 << 20)), DEFAULT_SLAB_BYTES);
    }

    /** {@code count} slabs of {@code slabBytes}, a quarter of them (at least one) reserved for the head of the line. */
    public static SlabPool of(int count, int slabBytes) {
        return new SlabPool(count, slabBytes, Math.max(1, count / 4));
    }

    /**
     * Keeps the stack of whoever takes a slab from now on, for {@link #takers()}; costs microseconds a slab, so for
     * tests and the search for a leak. Returns this pool.
     */
    public SlabPool traced() {
        lock.lock();
        try {
            if (traced == null) {
                traced = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Where the slabs that are out now were taken, one stack each; empty unless {@link #traced()}. */
    public List<Throwable> takers() {
        lock.lock();
        try {
            return traced == null
                    ? List.of()
                    : traced.stream()
                            .map(slab -> slab.taker)
                            .filter(java.util.Objects::nonNull)
                            .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Opens a place at the end of the line. */
    public Ticket ticket() {
        lock.lock();
        try {
            Ticket ticket = new Ticket(nextTicket++);
            ticket.older = newest;
            if (newest == null) {
                oldest = ticket;
            } else {
                newest.newer = ticket;
            }
            newest = ticket;
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    private void unlink(Ticket ticket) {
        Ticket older = ticket.older;
        Ticket newer = ticket.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        ticket.older = null;
        ticket.newer = null;
    }

    private void checkOpen(Ticket ticket) {
        if (closed) {
            throw new IllegalStateException("The slab pool is closed");
        }
        if (!ticket.open) {
            throw new IllegalStateException("The ticket is closed");
        }
    }

    private Slab await(Waiter waiter) throws InterruptedException {
        waiting.add(waiter);
        try {
            while (!waiter.granted) {
                checkOpen(waiter.ticket);
                waiter.served.await();
            }
        } catch (InterruptedException interrupted) {
            if (waiter.granted) {
                back(waiter.memory);
            }
            throw interrupted;
        } finally {
            if (waiting.remove(waiter)) {
                serve(); // it leaves unserved, and may have stood before one that can be served
            }
        }
        return slab(waiter.memory);
    }

    /** Grants slabs to those who wait, as long as the rules allow. */
    private void serve() {
        while (outstanding < count && !waiting.isEmpty()) {
            Waiter first = waiting.first();
            if (first.ticket != oldest && count - outstanding <= reserve) {
                return;
            }
            outstanding++;
            first.granted = true;
            first.memory = free.poll();
            waiting.remove(first);
            first.served.signal();
        }
    }

    private void wake(Ticket ticket) {
        for (Waiter waiter : waiting) {
            if (waiter.ticket == ticket) {
                waiter.served.signal();
            }
        }
    }

    /** A slab for a caller that was granted one. New memory is allocated on the thread that asked. */
    private Slab slab(Slab.@Nullable Memory kept) {
        Slab slab = new Slab(this, kept == null ? allocate() : kept);
        if (traced != null) {
            slab.taker = new Throwable("Taken by " + Thread.currentThread().getName());
            traced.add(slab);
        }
        return slab;
    }

    private Slab.Memory allocate() {
        try {
            ByteBuffer whole = ByteBuffer.allocateDirect(slabBytes + PAGE_BYTES);
            int start = (PAGE_BYTES - whole.alignmentOffset(0, PAGE_BYTES)) % PAGE_BYTES;
            ByteBuffer memory = whole.slice(start, slabBytes);
            allocated++;
            return new Slab.Memory(memory, NativeMemory.address(memory));
        } catch (OutOfMemoryError full) {
            back(null);
            throw new IllegalStateException(
                    "No direct memory for slab " + (allocated + 1) + " of " + count + " (" + slabBytes
                            + " bytes each): raise -XX:MaxDirectMemorySize or give the pool fewer bytes",
                    full);
        }
    }

    private void back(Slab.@Nullable Memory memory) {
        outstanding--;
        if (memory != null && closed) {
            allocated--;
        } else if (memory != null) {
            free.push(memory);
        }
        serve();
    }

    void giveBack(Slab slab) {
        lock.lock();
        try {
            if (traced != null) {
                traced.remove(slab);
            }
            back(slab.memory());
        } finally {
            lock.unlock();
        }
    }

    /** Capacity of each slab. */
    public int slabBytes() {
        return slabBytes;
    }

    /** Number of slabs that may be out at once. */
    public int count() {
        return count;
    }

    /** Slabs that have an owner now. */
    public int outstanding() {
        lock.lock();
        try {
            return outstanding;
        } finally {
            lock.unlock();
        }
    }

    /** Slabs that have memory now, in use or free. */
    public int allocated() {
        lock.lock();
        try {
            return allocated;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes everybody who waits with an {@link IllegalStateException}; slabs that are out stay valid. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            allocated -= free.size();
            free.clear();
            waiting.forEach(waiter -> waiter.served.signal());
        } finally {
            lock.unlock();
        }
    }
}
