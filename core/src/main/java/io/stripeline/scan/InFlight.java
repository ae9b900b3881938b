package io.stripeline.scan;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/**
 * How many requests are in flight, which is how many workers run: starts at 4 x cores, at least 16, and doubles while
 * that raises the measured rate by more than a tenth; one step back and a long pause where it does not. Grows only while
 * a fair part of the calls is slow, since a filesystem that answers from memory is limited by cores, and while there is
 * work enough. Workers call {@link #tick} with their own clock readings; there is no timer.
 */
final class InFlight {
    /** Long enough for a rate, short enough that a walk of half a second still reaches its best level. */
    private static final long WINDOW_NANOS = 15_000_000;

    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 16_000_000_000L;
    private static final int MOST = 256;
    /** One slow call in five: the others may come from a cache. */
    private static final int SLOW_SHARE = 5;

    private final int most;
    private final boolean fixed;
    private final IntConsumer apply;
    private final LongAdder operations = new LongAdder();
    private final LongAdder slowOperations = new LongAdder();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long windowEnd;
    private int level;
    private boolean trying;
    private double rateBefore;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long nextTry;
    private long windowStart;
    private long operationsBefore;
    private long slowBefore;

    /**
     * @param asked exact number of workers, 0 to adapt
     * @param limit most that descriptors allow
     * @param apply takes a new level
     */
    InFlight(int asked, int limit, IntConsumer apply) {
        this.fixed = asked > 0;
        this.most = Math.min(limit, fixed ? asked : MOST);
        this.level = fixed
                ? most
                : Math.min(most, Math.max(16, 4 * Runtime.getRuntime().availableProcessors()));
        this.apply = apply;
        this.windowStart = System.nanoTime();
        this.windowEnd = windowStart + WINDOW_NANOS;
    }

    int level() {
        return level;
    }

    /**
     * Counts system calls and, where a window is over, judges it.
     *
     * @param slow true where they took so long that they waited for something
     * @param hunger as {@link WorkList#hunger()}
     */
    void tick(int calls, boolean slow, long now, int hunger) {
        if (fixed) {
            return;
        }
        operations.add(calls);
        if (slow) {
            slowOperations.add(calls);
        }
        if (now - windowEnd >= 0 && busy.compareAndSet(false, true)) {
            try {
                judge(now, hunger);
            } finally {
                busy.set(false);
            }
        }
    }

    private void judge(long now, int hunger) {
        long done = operations.sum();
        if (now - windowEnd < 0 || done - operationsBefore < 2L * level) {
            return; // judged by another worker meanwhile, or too few for a rate: the window grows
        }
        long nanos = now - windowStart;
        double rate = (double) (done - operationsBefore) / nanos;
        long slow = slowOperations.sum();
        boolean waits = (slow - slowBefore) * SLOW_SHARE >= done - operationsBefore;
        boolean canGrow = waits && hunger * 4 <= level;
        int next = level;
        if (trying) {
            trying = false;
            if (rate > 1.1 * rateBefore) {
                next = canGrow ? more(now, rate) : level;
                pauseNanos = FIRST_PAUSE_NANOS;
            } else {
                next = level / 2;
                nextTry = now + pauseNanos;
                pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
            }
        } else if (canGrow && now - nextTry >= 0) {
            next = more(now, rate);
        }
        operationsBefore = done;
        slowBefore = slow;
        windowStart = now;
        windowEnd = now + WINDOW_NANOS;
        if (next != level) {
            level = next;
            apply.accept(next);
        }
    }

    private int more(long now, double rate) {
        if (level >= most) {
            nextTry = now + pauseNanos;
            return level;
        }
        trying = true;
        rateBefore = rate;
        return Math.min(most, 2 * level);
    }
}
