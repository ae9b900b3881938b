package io.stripeline.snapshot;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Decoded blobs, least recently used first out, bounded by weight. Thread-safe. */
final class Cache<K, T> {
    private final long maxWeight;
    private final ToIntFunction<T> weigher;
    private final LinkedHashMap<K, T> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long weight;

    Cache(long maxWeight, ToIntFunction<T> weigher) {
        this.maxWeight = maxWeight;
        this.weigher = weigher;
    }

    T get(K id, Function<K, T> load) {
        synchronized (this) {
            T found = entries.get(id);
            if (found != null) {
                return found;
            }
        }
        T loaded = load.apply(id); // outside of the lock: reads and decodes
        synchronized (this) {
            if (entries.put(id, loaded) == null) {
                weight += weigher.applyAsInt(loaded);
            }
            evict(loaded);
        }
        return loaded;
    }

    private void evict(T keep) {
        if (weight <= maxWeight) {
            return;
        }
        ArrayDeque<K> out = new ArrayDeque<>();
        long left = weight;
        for (Map.Entry<K, T> eldest : entries.entrySet()) {
            if (left <= maxWeight || eldest.getValue() == keep) {
                break;
            }
            left -= weigher.applyAsInt(eldest.getValue());
            out.add(eldest.getKey());
        }
        for (K id : out) {
            @Nullable T gone = entries.remove(id);
            if (gone != null) {
                weight -= weigher.applyAsInt(gone);
            }
        }
    }
}
