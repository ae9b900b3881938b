package io.stripeline.spill;

import io.stripeline.inode.InodeId;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A hash table on disk from inode to two numbers: slots of 40 bytes with linear probing. Memory is one slot, whatever
 * the number of inodes. Of one thread.
 *
 * <p>Slot, big endian: device, high, low, first number plus 1 (0: never used, -1: removed), second number (8 bytes
 * each). The table is at most half full of used and removed slots; then the live ones move to a new table of the size
 * that suits them.
 */
public final class InodeTable implements AutoCloseable {
    /**
     * What is kept of an inode.
     *
     * @param first at least 0
     */
    public record Value(long first, long second) {}

    private static final int SLOT = 40;
    private static final int FIRST = 24;
    private static final int SECOND = 32;
    private static final int FIRST_SLOTS = 1 << 16;
    private static final long REMOVED = -1;

    private final Path directory;
    private FileChannel table;
    private long slots = FIRST_SLOTS;
    private long used;
    private long live;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT);

    private InodeTable(Path directory, FileChannel table) {
        this.directory = directory;
        this.table = table;
    }

    /** An empty table in a file without a name in {@code directory}. */
    public static InodeTable open(Path directory) throws IOException {
        return new InodeTable(directory, unnamed(directory, FIRST_SLOTS));
    }

    private static FileChannel unnamed(Path directory, long slots) throws IOException {
        FileChannel file = unnamed(directory);
        file.write(ByteBuffer.allocate(1), slots * SLOT - 1); // the rest is a hole, which reads as unused slots
        return file;
    }

    /** A file that has no name any more. */
    public static FileChannel unnamed(Path directory) throws IOException {
        Path name = Files.createTempFile(directory, "stripeline-links", ".tmp");
        return FileChannel.open(
                name, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** Remembers an inode that is not in it. */
    public void put(InodeId id, Value value) throws IOException {
        if ((used + 1) * 2 > slots) {
            rebuild();
        }
        insert(id.device(), id.high(), id.low(), value.first + 1, value.second);
        used++;
        live++;
    }

    /** What is remembered of an inode; null for one that is not in it. */
    public @Nullable Value get(InodeId id) throws IOException {
        return find(id) < 0 ? null : new Value(slot.getLong(FIRST) - 1, slot.getLong(SECOND));
    }

    /** What is remembered of an inode, which is forgotten here; null for one that is not in it. */
    public @Nullable Value remove(InodeId id) throws IOException {
        long at = find(id);
        if (at < 0) {
            return null;
        }
        Value value = new Value(slot.getLong(FIRST) - 1, slot.getLong(SECOND));
        slot.putLong(FIRST, REMOVED);
        store(table, at * SLOT, slot);
        live--;
        return value;
    }

    /** Inodes remembered. */
    public long size() {
        return live;
    }

    /** Number of the inode's slot, which is loaded then; -1 for one that is not in it. */
    private long find(InodeId id) throws IOException {
        for (long i = home(id.device(), id.high(), id.low()); ; i = (i + 1) & (slots - 1)) {
            load(table, i * SLOT, slot);
            long first = slot.getLong(FIRST);
            if (first == 0) {
                return -1;
            }
            if (first != REMOVED
                    && slot.getLong(16) == id.low()
                    && slot.getLong(8) == id.high()
                    && slot.getLong(0) == id.device()) {
                return i;
            }
        }
    }

    private void insert(long device, long high, long low, long first, long second) throws IOException {
        long i = home(device, high, low);
        load(table, i * SLOT, slot);
        while (slot.getLong(FIRST) != 0) {
            i = (i + 1) & (slots - 1);
            load(table, i * SLOT, slot);
        }
        slot.putLong(0, device).putLong(8, high).putLong(16, low);
        slot.putLong(FIRST, first).putLong(SECOND, second);
        store(table, i * SLOT, slot);
    }

    private void rebuild() throws IOException {
        FileChannel old = table;
        long oldSlots = slots;
        long size = FIRST_SLOTS;
        while (size < live * 4) {
            size *= 2;
        }
        FileChannel fresh = unnamed(directory, size);
        try (old) {
            table = fresh;
            slots = size;
            used = live;
            int some = 1024;
            ByteBuffer rows = ByteBuffer.allocateDirect(some * SLOT);
            for (long from = 0; from < oldSlots; from += some) {
                load(old, from * SLOT, rows);
                for (int row = 0; row < some * SLOT; row += SLOT) {
                    long first = rows.getLong(row + FIRST);
                    if (first != 0 && first != REMOVED) {
                        insert(
                                rows.getLong(row),
                                rows.getLong(row + 8),
                                rows.getLong(row + 16),
                                first,
                                rows.getLong(row + SECOND));
                    }
                }
            }
        }
    }

    private long home(long device, long high, long low) {
        long h = (((low * 0x9E3779B97F4A7C15L) ^ high) * 0xC2B2AE3D27D4EB4FL) ^ device;
        h *= 0x9E3779B97F4A7C15L;
        return (h ^ (h >>> 32)) & (slots - 1);
    }

    /** Fills {@code target} from {@code from} on. */
    public static void load(FileChannel file, long from, ByteBuffer target) throws IOException {
        target.clear();
        while (target.hasRemaining()) {
            if (file.read(target, from + target.position()) < 0) {
                throw new EOFException("The file of inodes ends at " + (from + target.position()));
            }
        }
    }

    /** Writes all of {@code source} at {@code from}. */
    public static void store(FileChannel file, long from, ByteBuffer source) throws IOException {
        source.rewind();
        while (source.hasRemaining()) {
            file.write(source, from + source.position());
        }
    }

    @Override
    public void close() {
        try {
            table.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
