package io.stripeline.read;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
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
 * A hash table on disk from inode to path: slots of 40 bytes with linear probing in one file, paths one after the other
 * in a second one. Neither file has a name: they go with the process. The kernel's page cache is the cache.
 *
 * <p>Slot, big endian: device, high, low (8 bytes each), path's offset plus 1 (0: never used, -1: removed), names
 * planned (4), path's length (4). The table is at most half full of used and removed slots; then the live ones move to
 * a new table of the size that suits them.
 */
final class LinkFile implements AutoCloseable {
    private static final int SLOT = 40;
    private static final int AT = 24;
    private static final int FIRST_SLOTS = 1 << 16;
    private static final long REMOVED = -1;

    private final Path directory;
    private final FileChannel paths;
    private FileChannel table;
    private long slots;
    private long used;
    private long live;
    private long end;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT);

    private LinkFile(Path directory, FileChannel paths, FileChannel table) {
        this.directory = directory;
        this.paths = paths;
        this.table = table;
        this.slots = FIRST_SLOTS;
    }

    static LinkFile open(Path directory) throws IOException {
        FileChannel paths = unnamed(directory, 0);
        try {
            return new LinkFile(directory, paths, unnamed(directory, FIRST_SLOTS));
        } catch (IOException failed) {
            paths.close();
            throw failed;
        }
    }

    private static FileChannel unnamed(Path directory, long slots) throws IOException {
        Path name = Files.createTempFile(directory, "stripeline-links", ".tmp");
        FileChannel file = FileChannel.open(
                name, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        if (slots > 0) {
            file.write(ByteBuffer.allocate(1), slots * SLOT - 1); // the rest is a hole, which reads as unused slots
        }
        return file;
    }

    /** Remembers an inode that is not in it; {@code at} where its path stands already, negative where it does not. */
    void put(InodeId id, int planned, RawPath path, long at) throws IOException {
        if ((used + 1) * 2 > slots) {
            rebuild();
        }
        long where = at >= 0 ? at : append(path);
        insert(id.device(), id.high(), id.low(), where + 1, planned, path.length());
        used++;
        live++;
    }

    /** What is remembered of an inode, which is forgotten here; null for one that is not in it. */
    @Nullable
    Names remove(InodeId id) throws IOException {
        for (long i = home(id.device(), id.high(), id.low()); ; i = (i + 1) & (slots - 1)) {
            load(table, i * SLOT, slot);
            long at = slot.getLong(AT);
            if (at == 0) {
                return null;
            }
            if (at != REMOVED
                    && slot.getLong(16) == id.low()
                    && slot.getLong(8) == id.high()
                    && slot.getLong(0) == id.device()) {
                Names names = new Names(slot.getInt(AT + 8), path(at - 1, slot.getInt(AT + 12)), at - 1);
                slot.putLong(AT, REMOVED);
                store(table, i * SLOT, slot);
                live--;
                return names;
            }
        }
    }

    /** Inodes remembered. */
    long size() {
        return live;
    }

    private void insert(long device, long high, long low, long at, int planned, int length) throws IOException {
        long i = home(device, high, low);
        load(table, i * SLOT, slot);
        while (slot.getLong(AT) != 0) {
            i = (i + 1) & (slots - 1);
            load(table, i * SLOT, slot);
        }
        slot.putLong(0, device).putLong(8, high).putLong(16, low).putLong(AT, at);
        slot.putInt(AT + 8, planned).putInt(AT + 12, length);
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
                    long at = rows.getLong(row + AT);
                    if (at != 0 && at != REMOVED) {
                        insert(
                                rows.getLong(row),
                                rows.getLong(row + 8),
                                rows.getLong(row + 16),
                                at,
                                rows.getInt(row + AT + 8),
                                rows.getInt(row + AT + 12));
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

    private long append(RawPath path) throws IOException {
        long at = end;
        ByteBuffer bytes = ByteBuffer.wrap(path.toBytes());
        store(paths, at, bytes);
        end += path.length();
        return at;
    }

    private RawPath path(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        load(paths, at, bytes);
        return RawPath.of(bytes.array());
    }

    private static void load(FileChannel file, long from, ByteBuffer target) throws IOException {
        target.clear();
        while (target.hasRemaining()) {
            if (file.read(target, from + target.position()) < 0) {
                throw new EOFException("The file of hard links ends at " + (from + target.position()));
            }
        }
    }

    private static void store(FileChannel file, long from, ByteBuffer source) throws IOException {
        source.rewind();
        while (source.hasRemaining()) {
            file.write(source, from + source.position());
        }
    }

    @Override
    public void close() {
        try (paths) {
            table.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
