package io.stripeline.read;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The turns between the thread that plans and the thread that emits, in the order of the scan. Bounded: at most {@code
 * reads} entries that are read, and {@value #READY_TURNS} turns that need no reading.
 *
 * <p>Both sides sleep until the other has something worth waking for: the planner until half of the room is free. A
 * wake-up costs more than all else that happens to a small file here.
 */
final class Line {
    private static final int READY_TURNS = 32;

    private final int mostReads;
    private final ArrayDeque<Turn> turns = new ArrayDeque<>();
    private int reads;
    private int ready;
    private boolean planning = true;
    private boolean plannerSleeps;
    private boolean emitterSleeps;
    private volatile boolean closed;
    private @Nullable Turn current;
    private @Nullable RuntimeException failure;

    Line(int mostReads) {
        this.mostReads = mostReads;
    }

    /** Puts a turn at the end, waiting for room. False where the line was closed; the turn is closed then. */
    boolean put(Turn turn) {
        synchronized (this) {
            if (isFull()) {
                plannerSleeps = true;
                boolean awake = true;
                while (awake && plannerSleeps && !closed) {
                    awake = sleep();
                }
            }
            if (!closed) {
                turns.add(turn);
                count(turn, 1);
                wakeEmitter();
                return true;
            }
        }
        turn.close();
        return false;
    }

    /** No more turns come; null for a good end. What is in the line is still taken. */
    synchronized void end(@Nullable RuntimeException reason) {
        planning = false;
        failure = reason;
        wakeEmitter();
    }

    /** The next turn, waiting for one; null at the end. The one taken before is over. */
    synchronized @Nullable Turn take() {
        if (current != null) {
            count(current, -1);
            current = null;
            if (plannerSleeps && reads <= mostReads / 2 && ready <= READY_TURNS / 2) {
                plannerSleeps = false;
                notifyAll();
            }
        }
        while (turns.isEmpty() && planning && !closed) {
            emitterSleeps = true;
            if (!sleep()) {
                return null;
            }
        }
        if (closed) {
            return null;
        }
        current = turns.poll();
        if (current == null && failure != null) {
            throw failure;
        }
        return current;
    }

    boolean isClosed() {
        return closed;
    }

    /** Closes all turns and wakes everybody. */
    void close() {
        ArrayDeque<Turn> left;
        synchronized (this) {
            closed = true;
            left = new ArrayDeque<>(turns);
            turns.clear();
            if (current != null) {
                left.addFirst(current);
            }
            notifyAll();
        }
        left.forEach(Turn::close);
    }

    private boolean isFull() {
        return reads >= mostReads || ready >= READY_TURNS;
    }

    private void count(Turn turn, int by) {
        reads += by * turn.reads();
        ready += turn.reads() == 0 ? by : 0;
    }

    private void wakeEmitter() {
        if (emitterSleeps) {
            emitterSleeps = false;
            notifyAll();
        }
    }

    /** False, and the line closed, when interrupted: the subscription is being cancelled. */
    @SuppressWarnings("WaitNotInLoop") // its callers are the loops
    private boolean sleep() {
        try {
            wait();
            return true;
        } catch (InterruptedException cancelled) {
            closed = true;
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
