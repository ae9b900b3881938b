package io.stripeline.slab;

import io.stripeline.posix.NativeMemory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.TreeSet;

/**
 * A bounded pool of {@link Slab}s, and the order in which they are granted.
 *
 * <p>Every reader of a file holds a {@link Ticket}; tickets are numbered in file order. A free slab goes to the oldest
 * ticket that waits, and the last {@code reserve} free slabs only to the oldest open ticket: the head of the line can
 * always finish, however many files behind it are read ahead. Without that, readers of later files could hold every
 * slab while the file whose turn it is waits for one, and nobody would move again.
 *
 * <p>Memory is allocated on first use of a slab and kept until {@link #close()}. Thread-safe.
 */
public final class SlabPool implements AutoCloseable {
    /** Starting value: large enough for one read of a striped file, small enough that a hundred small files fit. */
    public static final int DEFAULT_SLAB_BYTES = 256 << 10;

    private final int slabBytes;
    private final int count;
    private final int reserve;
    private final ArrayDeque<Slab> free = new ArrayDeque<>();
    private final TreeSet<Ticket> open = new TreeSet<>();
    private final TreeSet<Ticket> waiting = new TreeSet<>();
    private int allocated;
    private int outstanding;
    private long nextTicket;
    private boolean closed;

    /** The right to take slabs at one place of the line. Close it when the file needs no more of them. */
    public final class Ticket implements Comparable<Ticket>, AutoCloseable {
        private final long number;

        private Ticket(long number) {
            this.number = number;
        }

        /**
         * Takes a slab, waiting for one if need be; blocks, so only on a thread that may.
         *
         * @throws InterruptedException when interrupted while waiting; nothing was taken
         * @throws IllegalStateException when the pool is closed
         */
        public Slab take() throws InterruptedException {
            synchronized (SlabPool.this) {
                waiting.add(this);
                try {
                    while (!closed && !mayTake(this)) {
                        SlabPool.this.wait();
                    }
                    if (closed) {
                        throw new IllegalStateException("The slab pool is closed");
                    }
                    return grant();
                } finally {
                    waiting.remove(this);
                    SlabPool.this.notifyAll();
                }
            }
        }

        /** Gives up this place in the line. Slabs taken with it stay with their owners. */
        @Override
        public void close() {
            synchronized (SlabPool.this) {
                open.remove(this);
                SlabPool.this.notifyAll();
            }
        }

        @Override
        public int compareTo(Ticket other) {
            return Long.compare(number, other.number);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
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

    /** Opens a place at the end of the line. */
    public synchronized Ticket ticket() {
        Ticket ticket = new Ticket(nextTicket++);
        open.add(ticket);
        return ticket;
    }

    private boolean mayTake(Ticket ticket) {
        if (outstanding == count) {
            return false;
        }
        if (open.isEmpty() || open.first() == ticket) {
            return true;
        }
        return count - outstanding > reserve && waiting.first() == ticket;
    }

    private Slab grant() {
        outstanding++;
        Slab slab = free.poll();
        if (slab == null) {
            ByteBuffer memory = ByteBuffer.allocateDirect(slabBytes);
            slab = new Slab(this, memory, NativeMemory.address(memory));
            allocated++;
        }
        slab.taken();
        return slab;
    }

    synchronized void giveBack(Slab slab) {
        outstanding--;
        if (!closed) {
            free.push(slab);
        }
        notifyAll();
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
    public synchronized int outstanding() {
        return outstanding;
    }

    /** Slabs that have memory now, in use or free. */
    public synchronized int allocated() {
        return allocated;
    }

    /** Wakes everybody who waits with an {@link IllegalStateException}; slabs that are out stay valid. */
    @Override
    public synchronized void close() {
        closed = true;
        free.clear();
        notifyAll();
    }
}
