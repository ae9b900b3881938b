package io.stripeline.scan;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/**
 * How many requests are in flight, which is how many workers run: starts at 4 x cores, at least 16, and doubles while
 * that raises the measured rate by more than a tenth; one step back and a pause where it does not; now and then it tries whether half as many do as well. Grows only while
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
    private final int least;
    private final boolean fixed;
    private final IntConsumer apply;
    private final LongAdder operations = new LongAdder();
    private final LongAdder slowOperations = new LongAdder();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long windowEnd;
    private int level;
    private int trying;
    private boolean triedUp;
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
        this.least = fixed
                ? most
                : Math.min(most, Math.max(16, 4 * Runtime.getRuntime().availableProcessors()));
        this.level = least;
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
        if (trying != 0) {
            next = afterTrial(now, rate, canGrow);
        } else if (now - nextTry >= 0) {
            boolean down = !canGrow || (triedUp && level > least);
            next = trial(now, rate, down ? -1 : 1);
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

    private int afterTrial(long now, double rate, boolean canGrow) {
        int direction = trying;
        trying = 0;
        triedUp = direction > 0;
        boolean keep = direction > 0 ? rate > 1.1 * rateBefore : rate > 0.97 * rateBefore;
        if (keep) {
            pauseNanos = FIRST_PAUSE_NANOS;
            return direction < 0 || canGrow ? trial(now, rate, direction) : level;
        }
        nextTry = now + pauseNanos;
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
        return direction > 0 ? level / 2 : Math.min(most, 2 * level);
    }

    /** Doubles or halves for one window, where there is room. */
    private int trial(long now, double rate, int direction) {
        int next = direction > 0 ? Math.min(most, 2 * level) : Math.max(least, level / 2);
        if (next == level) {
            nextTry = now + pauseNanos;
            triedUp = direction > 0;
            return level;
        }
        trying = direction;
        rateBefore = rate;
        return next;
    }
}
