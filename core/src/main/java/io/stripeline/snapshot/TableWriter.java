package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a sorted table from entries in ascending order of keys (section 4 of the format). Holds one open node per
 * level. Not thread-safe.
 */
final class TableWriter {
    private static final int MAX_NODE_ENTRIES = 65536;
    private static final int MAX_NODE_KEY_BYTES = 7 << 20; // a block has 8 MiB at most
    static final int MAX_KEY_BYTES = 1 << 20;

    /** Of a node above the entries, unless it is the last of its level: as many of the longest keys fit in one. */
    private static final int MIN_CHILDREN = MAX_NODE_KEY_BYTES / MAX_KEY_BYTES;

    private static final class Level {
        final Encoder entries = new Encoder(4096);
        final Cut cut = new Cut();
        byte[] firstKey = new byte[0];
        byte[] lastKey = new byte[0];
        int count;
        long keyBytes;
    }

    private final BlobSink blobs;
    private final List<Level> levels = new ArrayList<>();
    private long entries;

    TableWriter(BlobSink blobs) {
        this.blobs = blobs;
        levels.add(new Level());
    }

    void add(byte[] key, byte[] value) {
        if (key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("A path of " + key.length + " bytes is longer than a snapshot holds");
        }
        Level leaf = levels.get(0);
        if (entries > 0 && leaf.count > 0 && Arrays.compareUnsigned(leaf.lastKey, key) >= 0) {
            throw new IllegalStateException("Keys of a table must ascend");
        }
        entries++;
        add(0, key, value);
    }

    private void add(int number, byte[] key, byte[] value) {
        int weight = 8 + key.length + value.length;
        Level open = levels.get(number);
        if ((mayCut(number, open) && open.cut.before(weight)) || isFull(open, key)) {
            close(number);
        }
        Level level = levels.get(number);
        if (level.count == 0) {
            level.firstKey = key;
            level.lastKey = new byte[0];
        }
        int mismatch = Arrays.mismatch(level.lastKey, key);
        int shared = mismatch < 0 ? key.length : mismatch;
        level.entries
                .varint(shared)
                .varint(key.length - shared)
                .varint(value.length)
                .put(key, shared, key.length - shared)
                .put(value);
        level.lastKey = key;
        level.count++;
        level.keyBytes += key.length;
        if (level.cut.after(key, 0, key.length, weight) && mayCut(number, level)) {
            close(number);
        }
    }

    /** An upper node of a few long keys would be above few: levels must become fewer from each to the next. */
    private static boolean mayCut(int number, Level level) {
        return number == 0 || level.count >= MIN_CHILDREN;
    }

    private static boolean isFull(Level level, byte[] key) {
        return level.count == MAX_NODE_ENTRIES || level.keyBytes + key.length > MAX_NODE_KEY_BYTES;
    }

    private void close(int number) {
        Level level = levels.get(number);
        BlobId id = put(number, level);
        byte[] key = level.firstKey;
        level.entries.clear();
        level.cut.reset();
        level.count = 0;
        level.keyBytes = 0;
        if (levels.size() == number + 1) {
            levels.add(new Level());
        }
        add(number + 1, key, id.toBytes());
    }

    private BlobId put(int number, Level level) {
        Encoder out = new Encoder(level.entries.size() + 16)
                .header('T')
                .put(number)
                .varint(level.count)
                .put(level.entries);
        return blobs.put(BlobKind.META, out.toBuffer());
    }

    /** Ends the table; null where it is empty. */
    @Nullable
    TableRef finish() {
        if (entries == 0) {
            return null;
        }
        for (int number = 0; ; number++) {
            Level level = levels.get(number);
            if (number == levels.size() - 1) {
                return new TableRef(put(number, level), number, entries);
            }
            if (level.count > 0) {
                close(number);
            }
        }
    }
}
