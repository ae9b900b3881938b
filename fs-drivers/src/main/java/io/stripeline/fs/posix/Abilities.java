package io.stripeline.fs.posix;

import java.util.concurrent.ConcurrentHashMap;

/**
 * What filesystems have beyond statx(2), by what their inodes answered. That one has it is said by the first inode that
 * tells; that it lacks it, by its top directory, or by {@value #INODES} inodes before any that told. Thread-safe.
 */
final class Abilities {
    /** Inodes that refuse one after the other until it is the filesystem that does. */
    static final int INODES = 16;

    private static final int HAS = -1;
    private static final int LACKS = Integer.MAX_VALUE;

    enum Ability {
        XATTRS,
        FLAGS,
        PROJECT
    }

    private record Key(long device, Ability ability) {}

    /** {@link #HAS}, {@link #LACKS}, or how many refused while nobody told. */
    private final ConcurrentHashMap<Key, Integer> known = new ConcurrentHashMap<>();

    boolean lacks(long device, Ability ability) {
        return state(device, ability) == LACKS;
    }

    boolean isUnknown(long device, Ability ability) {
        int state = state(device, ability);
        return state != HAS && state != LACKS;
    }

    private int state(long device, Ability ability) {
        return known.getOrDefault(new Key(device, ability), 0);
    }

    /** An inode told. */
    void told(long device, Ability ability) {
        if (state(device, ability) != HAS) {
            known.put(new Key(device, ability), HAS);
        }
    }

    /**
     * An inode answered that there is no such thing.
     *
     * @return true where others have told, so that it is this inode's own failure
     */
    boolean isOwnRefusal(long device, Ability ability) {
        int state = known.merge(
                new Key(device, ability),
                1,
                (before, one) -> before == HAS || before == LACKS ? before : refused(before));
        return state == HAS;
    }

    private static int refused(int before) {
        return before + 1 < INODES ? before + 1 : LACKS;
    }

    /** The top directory answered that there is no such thing. */
    void topRefused(long device, Ability ability) {
        known.merge(new Key(device, ability), LACKS, (before, lacks) -> before == HAS ? HAS : lacks);
    }
}
