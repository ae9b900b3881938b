package io.stripeline.ptcomm;

import io.stripeline.inode.InodeId;
import io.stripeline.spill.InodeTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Under which FileIndex an inode of several names was sent: in memory for the first ones, on disk beyond. Of one
 * thread.
 */
final class LinkIndexes implements AutoCloseable {
    /** Some 100 bytes each. */
    private static final int IN_MEMORY = 50_000;

    private final Path spill;
    private final Map<InodeId, Long> memory = new HashMap<>();
    private @Nullable InodeTable table;

    /** @param spill directory for the file beyond memory */
    LinkIndexes(Path spill) {
        this.spill = spill;
    }

    void put(InodeId id, long fileIndex) throws IOException {
        if (memory.size() < IN_MEMORY) {
            memory.put(id, fileIndex);
            return;
        }
        if (table == null) {
            table = InodeTable.open(spill);
        }
        table.put(id, new InodeTable.Value(fileIndex, 0));
    }

    /** The FileIndex of an inode; 0 for one that was not put. */
    long get(InodeId id) throws IOException {
        Long inMemory = memory.get(id);
        if (inMemory != null) {
            return inMemory;
        }
        InodeTable.Value value = table == null ? null : table.get(id);
        return value == null ? 0 : value.first();
    }

    @Override
    public void close() {
        if (table != null) {
            table.close();
        }
    }
}
