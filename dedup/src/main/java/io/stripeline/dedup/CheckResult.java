package io.stripeline.dedup;

/**
 * What a check of a store found.
 *
 * @param snapshots that were followed to everything they need
 * @param entries in them; what several share counts once
 * @param damages found; each is a problem of the job
 */
public record CheckResult(long snapshots, long entries, long damages) {
    public boolean isSound() {
        return damages == 0;
    }
}
