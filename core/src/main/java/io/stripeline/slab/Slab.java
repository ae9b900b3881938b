package io.stripeline.slab;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed-size piece of direct memory from a {@link SlabPool}.
 *
 * <p>Ownership: whoever holds a slab owns one reference and passes it on or calls {@link #release()} exactly once;
 * {@link #retain()} makes one more owner. Written by the thread that took it, read-only once it is passed on: readers
 * use position and limit of {@link #buffer()} through {@code duplicate()} or absolute access. A slab that was given
 * back fails loudly on access.
 */
public final class Slab {
    private final SlabPool pool;
    private final ByteBuffer buffer;
    private final long address;
    private final AtomicInteger references = new AtomicInteger();

    Slab(SlabPool pool, ByteBuffer buffer, long address) {
        this.pool = pool;
        this.buffer = buffer;
        this.address = address;
    }

    void taken() {
        references.set(1);
        buffer.clear();
    }

    /** The memory, of {@link SlabPool#slabBytes()} capacity; the bytes that count lie between position and limit. */
    public ByteBuffer buffer() {
        if (references.get() <= 0) {
            throw new IllegalStateException("Slab used after its release");
        }
        return buffer;
    }

    /** Native address of the first byte of the capacity, for pread(2) and pwrite(2). */
    public long address() {
        if (references.get() <= 0) {
            throw new IllegalStateException("Slab used after its release");
        }
        return address;
    }

    /** Adds an owner and returns this slab. */
    public Slab retain() {
        references.getAndUpdate(n -> {
            if (n <= 0) {
                throw new IllegalStateException("Slab retained after its release");
            }
            return n + 1;
        });
        return this;
    }

    /** Gives up one reference; the last one gives the memory back to the pool. */
    public void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            pool.giveBack(this);
        } else if (left < 0) {
            throw new IllegalStateException("Slab released twice");
        }
    }
}
