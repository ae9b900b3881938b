package io.stripeline.posix;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Owner of one descriptor. Closed once, by whoever holds it last; a second close does nothing. Thread-safe. */
public final class Fd implements AutoCloseable {
    private static final AtomicLong OPEN = new AtomicLong();

    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Fd(int number) {
        this.number = number;
        OPEN.incrementAndGet();
    }

    /** Takes over a descriptor. */
    public static Fd of(int number) {
        return new Fd(number);
    }

    /** openat(2) with an owner. */
    public static Fd openat(int dirfd, byte[] path, int flags, int mode) {
        return new Fd(Posix.openat(dirfd, path, flags, mode));
    }

    /** Owners not closed yet in this JVM, for the test kit. */
    public static long outstanding() {
        return OPEN.get();
    }

    /** The descriptor's number. */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("Descriptor " + number + " is closed");
        }
        return number;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            OPEN.decrementAndGet();
            Posix.close(number);
        }
    }
}
