package io.stripeline.dedup;

import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.Rows;
import java.util.IdentityHashMap;

/**
 * What the rows in hand keep in memory: a row keeps the part of its directory that it was decoded with, of up to a few
 * MiB, however few rows of it are in hand. One thread.
 */
final class HeldParts {
    private static final class Held {
        int rows;
        long weightBytes;
    }

    private final IdentityHashMap<Rows, Held> parts = new IdentityHashMap<>();
    private final long mostBytes;
    private long weightBytes;

    HeldParts(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** True where no further row is to be taken in hand. */
    boolean isFull() {
        return weightBytes >= mostBytes;
    }

    void add(Row row) {
        Held held = parts.computeIfAbsent(row.rows(), part -> new Held());
        held.rows++;
        long now = row.rows().weightBytes(); // grows with what is read of it
        weightBytes += now - held.weightBytes;
        held.weightBytes = now;
    }

    /** A row that was added is out of hand. */
    void remove(Row row) {
        Held held = parts.get(row.rows());
        if (held != null && --held.rows == 0) {
            parts.remove(row.rows());
            weightBytes -= held.weightBytes;
        }
    }
}
