package io.stripeline.scan;

import io.stripeline.posix.Processes;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/**
 * How many requests are in flight, which is how many workers run: starts at 4 x cores, at least 16, and doubles while
 * that raises the measured rate by more than a tenth; one step back and a long pause where it does not. Never grows while
 * workers wait for work or while this process has the cores to itself and uses them up: more threads would only take
 * turns. Workers call {@link #tick} with their own clock readings; there is no timer.
 */
final class InFlight {
    /** Long enough for a rate, short enough that a walk of half a second still reaches its best level. */
    private static final long WINDOW_NANOS = 15_000_000;

    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 16_000_000_000L;
    private static final int MOST = 256;
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final int most;
    private final boolean fixed;
    private final IntConsumer apply;
    private final LongAdder operations = new LongAdder();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long windowEnd;
    private int level;
    private boolean trying;
    private double rateBefore;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long nextTry;
    private long windowStart;
    private long operationsBefore;
    private long cpuBefore;

    /**
     * @param asked exact number of workers, 0 to adapt
     * @param limit most that descriptors allow
     * @param apply takes a new level
     */
    InFlight(int asked, int limit, IntConsumer apply) {
        this.fixed = asked > 0;
        this.most = Math.min(limit, fixed ? asked : MOST);
        this.level = fixed ? most : Math.min(most, Math.max(16, 4 * CORES));
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
     * @param hunger as {@link WorkList#hunger()}
     */
    void tick(int calls, long now, int hunger) {
        if (fixed) {
            return;
        }
        operations.add(calls);
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
        long cpu = Processes.cpuNanos();
        boolean coresBusy = cpu - cpuBefore > 0.85 * CORES * nanos;
        int next = level;
        if (trying) {
            trying = false;
            if (rate > 1.1 * rateBefore) {
                next = hunger == 0 && !coresBusy ? more(now, rate) : level;
                pauseNanos = FIRST_PAUSE_NANOS;
            } else {
                next = level / 2;
                nextTry = now + pauseNanos;
                pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
            }
        } else if (hunger == 0 && !coresBusy && now - nextTry >= 0) {
            next = more(now, rate);
        }
        operationsBefore = done;
        cpuBefore = cpu;
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
