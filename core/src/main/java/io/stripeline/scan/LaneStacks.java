package io.stripeline.scan;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Work of one kind, one stack for each metadata target. Last in, first out, so that a walk is deep before it is broad
 * and memory stays small. Not thread-safe: {@link WorkList} has the lock.
 */
final class LaneStacks<T extends Work> {
    private final ArrayDeque<T>[] stacks;
    private int size;

    @SuppressWarnings("unchecked")
    LaneStacks(int lanes) {
        stacks = (ArrayDeque<T>[]) new ArrayDeque<?>[lanes];
        for (int i = 0; i < lanes; i++) {
            stacks[i] = new ArrayDeque<>();
        }
    }

    int size() {
        return size;
    }

    void push(T work) {
        stacks[work.lane()].addLast(work);
        size++;
    }

    /** Takes from the target that has the fewest requests in flight, so that none is idle and none gets all. */
    @Nullable
    T pop(int[] inFlight) {
        if (size == 0) {
            return null;
        }
        int best = -1;
        for (int lane = 0; lane < stacks.length; lane++) {
            if (!stacks[lane].isEmpty() && (best < 0 || inFlight[lane] < inFlight[best])) {
                best = lane;
            }
        }
        size--;
        return stacks[best].pollLast();
    }

    /** Takes the oldest of the fullest target: the one that would be done last. */
    @Nullable
    T pollOldest() {
        ArrayDeque<T> fullest = stacks[0];
        for (ArrayDeque<T> stack : stacks) {
            fullest = stack.size() > fullest.size() ? stack : fullest;
        }
        T oldest = fullest.pollFirst();
        size -= oldest == null ? 0 : 1;
        return oldest;
    }
}
