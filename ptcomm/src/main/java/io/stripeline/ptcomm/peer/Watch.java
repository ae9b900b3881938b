package io.stripeline.ptcomm.peer;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a wait that takes too long by killing what is waited for. One thread for each conversation, which looks twenty
 * times a second, so that a packet costs no timer.
 */
final class Watch implements AutoCloseable {
    private static final long LOOK_NANOS = 50_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final BackendLink link;
    private final Thread thread = new Thread(this::look, "stripeline-peer-watch");
    private volatile long deadline = NEVER;
    private volatile boolean expired;
    private volatile boolean closed;

    Watch(BackendLink link) {
        this.link = link;
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on what is waited for has so long; a new limit replaces the old one. */
    void limit(Duration limit) {
        deadline = System.nanoTime() + limit.toNanos();
    }

    void clear() {
        deadline = NEVER;
    }

    boolean hasExpired() {
        return expired;
    }

    private void look() {
        while (!closed) {
            LockSupport.parkNanos(LOOK_NANOS);
            long until = deadline;
            if (until != NEVER && System.nanoTime() - until > 0) {
                expired = true;
                deadline = NEVER;
                link.kill();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
