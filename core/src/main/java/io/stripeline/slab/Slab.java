package io.stripeline.slab;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A fixed-size piece of direct memory from a {@link SlabPool}.
 *
 * <p>Ownership: whoever holds a slab owns one reference and passes it on or calls {@link #release()} exactly once;
 * {@link #retain()} makes one more owner. Written by the thread that took it, read-only once it is passed on: readers
 * use position and limit of {@link #buffer()} through {@code duplicate()} or absolute access. A slab that was given
 * back fails loudly on access, also after its memory has become part of another slab.
 */
public final class Slab {
    /** What is pooled. A slab is one loan of it. */
    record Memory(ByteBuffer buffer, long address) {}

    private final SlabPool pool;
    private final Memory memory;
    private final AtomicInteger references = new AtomicInteger(1);

    /** Where it was taken, while the pool keeps traces; guarded by the pool's lock. */
    @Nullable
    Throwable taker;

    Slab(SlabPool pool, Memory memory) {
        this.pool = pool;
        this.memory = memory;
        memory.buffer.clear();
    }

    Memory memory() {
        return memory;
    }

    /** The memory, of {@link SlabPool#slabBytes()} capacity; the bytes that count lie between position and limit. */
    public ByteBuffer buffer() {
        if (references.get() <= 0) {
            throw new IllegalStateException("Slab used after its release");
        }
        return memory.buffer;
    }

    /** Native address of the first byte of the capacity, for pread(2) and pwrite(2). */
    public long address() {
        if (references.get() <= 0) {
            throw new IllegalStateException("Slab used after its release");
        }
        return memory.address;
    }

    /** Adds an owner and returns this slab. */
    public Slab retain() {
        change(1, "Slab retained after its release");
        return this;
    }

    /** Gives up one reference; the last one gives the memory back to the pool. */
    public void release() {
        if (change(-1, "Slab released twice") == 0) {
            pool.giveBack(this);
        }
    }

    /**
     * Gives up a reference, where there is one left: for the discard handler only. Reactor may report one dropped
     * element more than once, when a cancel meets a hand-over.
     */
    public void discard() {
        int now = references.get();
        while (now > 0 && !references.compareAndSet(now, now - 1)) {
            now = references.get();
        }
        if (now == 1) {
            pool.giveBack(this);
        }
    }

    private int change(int by, String complaint) {
        while (true) {
            int now = references.get();
            if (now <= 0) {
                throw new IllegalStateException(complaint);
            }
            if (references.compareAndSet(now, now + by)) {
                return now + by;
            }
        }
    }
}
