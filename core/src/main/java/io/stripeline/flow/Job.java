package io.stripeline.flow;

import java.time.Clock;

/**
 * What the stages of one job share: counters, problems and the clock. Passed on construction, never a thread-local.
 *
 * @param progress counters that all stages add to
 * @param problems what went wrong so far
 * @param clock wall clock of this host
 */
public record Job(Progress progress, Problems problems, Clock clock) {
    /** A job with fresh counters and the system clock. */
    public static Job start() {
        return new Job(new Progress(), new Problems(), Clock.systemUTC());
    }

    /** A job whose every problem also goes to {@code overflow}. */
    public static Job start(Problems.Overflow overflow) {
        return new Job(new Progress(), new Problems(overflow), Clock.systemUTC());
    }
}
