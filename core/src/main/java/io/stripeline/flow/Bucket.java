package io.stripeline.flow;

/**
 * A token bucket that can be in debt: what is asked for is given at once, and the answer says how long the one who asks
 * has to wait for what was given before. Thread-safe.
 */
final class Bucket {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final double longestPauseNanos;
    private double share = 1;
    private double available;
    private long at;
    private boolean started;

    /** @param burst most that is kept unspent */
    Bucket(double perSecond, double burst, long longestPauseNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.longestPauseNanos = longestPauseNanos;
        this.available = burst;
    }

    /** Spends {@code n} at {@code now} of a clock in nanoseconds; returns nanoseconds to wait before using them. */
    synchronized long lease(long n, long now) {
        earn(now);
        long wait = available >= 0 ? 0 : (long) Math.min(longestPauseNanos, -available / rate() * NANOS);
        // what a longest pause cannot earn is forgiven: a throttle that was slow for an hour must not pay for an hour
        available = Math.max(available, -rate() * longestPauseNanos / NANOS) - n;
        return wait;
    }

    /** Earns at another part of the rate from {@code now} on. */
    synchronized void share(double part, long now) {
        earn(now);
        share = part;
    }

    synchronized double share() {
        return share;
    }

    private double rate() {
        return perSecond * share;
    }

    private void earn(long now) {
        if (started) {
            available = Math.min(burst, available + (now - at) / NANOS * rate());
        }
        started = true;
        at = now;
    }
}
