package io.stripeline.read;

import io.stripeline.flow.Item;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Items that are known without reading anything; together, because a turn each would cost more than they do. */
final class ReadyTurn implements Turn {
    /** Items of one turn: enough to make the hand-over cheap, few enough that the line is bounded by its turns. */
    static final int CAPACITY = 64;

    private final ArrayDeque<Item> items = new ArrayDeque<>(CAPACITY);

    void add(Item item) {
        items.add(item);
    }

    boolean isFull() {
        return items.size() >= CAPACITY;
    }

    @Override
    public @Nullable Item next() {
        return items.poll();
    }

    @Override
    public int reads() {
        return 0;
    }

    @Override
    public void close() {
        // none of these items holds a slab, and the queue belongs to the thread that takes from it
    }
}
