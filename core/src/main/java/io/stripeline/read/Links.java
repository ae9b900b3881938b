package io.stripeline.read;

import io.stripeline.inode.Entry;
import io.stripeline.inode.InodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Inodes with several names of which not all have been seen. Forgotten when they have; beyond a number of them in
 * memory, those with no name in the line move to a {@link LinkFile}. Where that fails, they are forgotten: their other
 * names are then read as files of their own, which costs room and is reported, but loses nothing.
 *
 * <p>Used by the planner alone; only {@link #close()} comes from elsewhere too.
 */
final class Links implements AutoCloseable {
    private final int inMemory;
    private final Path directory;
    private final Consumer<IOException> lost;
    private final Map<InodeId, Names> memory = new HashMap<>();
    private @Nullable LinkFile file;
    private boolean broken;

    /** @param lost told once where the file cannot be used */
    Links(int inMemory, Path directory, Consumer<IOException> lost) {
        this.inMemory = inMemory;
        this.directory = directory;
        this.lost = lost;
    }

    /** What is remembered of this entry's inode, one planned name more; new where {@code planned} is 1. */
    synchronized Names plan(Entry entry) {
        InodeId id = entry.inode().id();
        Names names = memory.get(id);
        if (names == null) {
            names = recalled(id);
            if (memory.size() >= inMemory) {
                spill();
            }
            memory.put(id, names);
        }
        names.planned();
        if (names.planned >= entry.inode().nlink()) {
            memory.remove(id);
        }
        return names;
    }

    /** Inodes remembered in memory now. */
    synchronized int size() {
        return memory.size();
    }

    private Names recalled(InodeId id) {
        try {
            Names kept = file == null ? null : file.remove(id);
            return kept == null ? new Names() : kept;
        } catch (IOException failed) {
            giveUp(failed);
            return new Names();
        }
    }

    private void spill() {
        for (Iterator<Map.Entry<InodeId, Names>> all = memory.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<InodeId, Names> one = all.next();
            Names names = one.getValue();
            if (names.isAtRest()) {
                Names.First first = names.first();
                if (first != null && !broken) {
                    keep(one.getKey(), names, first);
                }
                all.remove();
            }
        }
    }

    private void keep(InodeId id, Names names, Names.First first) {
        try {
            if (file == null) {
                file = LinkFile.open(directory);
            }
            file.put(id, names.planned, first, names.spilledAt);
        } catch (IOException failed) {
            giveUp(failed);
        }
    }

    private void giveUp(IOException failed) {
        if (!broken) {
            lost.accept(failed);
        }
        close();
    }

    /** Forgets what is in the file; other names of those inodes are new from then on. */
    @Override
    public synchronized void close() {
        broken = true;
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
