package io.stripeline.write;

/** Told of each entry of a restore once, when its fate is decided. Called by the writer's threads, many at a time. */
@FunctionalInterface
public interface Fates {
    /** Nobody listens. */
    Fates UNHEARD = (number, fate) -> {};

    /**
     * One entry is done with.
     *
     * @param number of the entry in the stream of items, from 1: each {@code Begin} and each {@code Link} is one. Entries
     *     are done in any order
     */
    void decided(long number, Fate fate);
}
