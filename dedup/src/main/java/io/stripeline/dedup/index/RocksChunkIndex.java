package io.stripeline.dedup.index;

import io.stripeline.snapshot.BlobId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The index in a directory of this machine's disk, in RocksDB: a cache that says nothing index files do not say. Memory: a
 * block cache and memtables of fixed size, and some 60 bytes a pack. Methods throw {@link IndexCacheException} where the
 * disk fails, what is read fails its checksum, or the index is closed.
 *
 * <p>A chunk's key is its id; its value the number of the index file that named it last, the pack's number in that, and the
 * place (six integers). An index file's key is {@code F} and its number, from 1 on, five bytes; its value the file's name,
 * its count of chunks, and the ids of its packs. A file and its chunks are one batch, and memtables reach the disk in their
 * order: so a file that is there is there whole, and all before it are; without a write-ahead log a crash loses the last ones.
 */
public final class RocksChunkIndex implements ChunkIndex {
    private static final int VALUE_BYTES = 24;

    private record Known(BlobId name, List<BlobId> packs) {}

    private final Path directory;
    private final RocksSettings settings;
    private final RocksDB db;
    private final Map<Integer, Known> files = new ConcurrentHashMap<>();
    /** Shared by all calls, held alone to close: a call into a database that is closed would end the process. */
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

    private long size;
    private boolean closed;

    /** Loads the library, which {@link #open} needs. */
    public static void prepare() throws IOException {
        RocksLibrary.load();
    }

    /**
     * Opens what is there, or an empty index in an empty directory. The caller sees to it that nobody else has it open.
     *
     * @throws IOException where what is there is damaged, or nothing can be made there
     */
    public static RocksChunkIndex open(Path directory) throws IOException {
        prepare();
        RocksSettings settings = new RocksSettings();
        RocksDB db = null;
        try {
            db = RocksDB.open(settings.options(), directory.toString());
            return new RocksChunkIndex(directory, settings, db);
        } catch (RocksDBException | RuntimeException failure) {
            if (db != null) {
                db.close();
            }
            settings.close();
            throw new IOException(directory + ": " + failure.getMessage(), failure);
        }
    }

    private RocksChunkIndex(Path directory, RocksSettings settings, RocksDB db) throws RocksDBException {
        this.directory = directory;
        this.settings = settings;
        this.db = db;
        int number = 1;
        for (byte[] each = db.get(key(number)); each != null; each = db.get(key(++number))) {
            ByteBuffer value = ByteBuffer.wrap(each);
            List<BlobId> packs = new ArrayList<>();
            for (int at = BlobId.BYTES + 4; at < each.length; at += BlobId.BYTES) {
                packs.add(BlobId.of(each, at));
            }
            files.put(number, new Known(BlobId.of(each, 0), List.copyOf(packs)));
            size += value.getInt(BlobId.BYTES);
        }
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(5).put((byte) 'F').putInt(number).array();
    }

    /** Names of the index files whose chunks are here. */
    public Set<BlobId> names() {
        Set<BlobId> out = new HashSet<>();
        files.values().forEach(file -> out.add(file.name));
        return out;
    }

    @Override
    public @Nullable ChunkPlace find(BlobId id) {
        byte[] value = new byte[VALUE_BYTES];
        Lock open = enter();
        try {
            if (db.get(id.toBytes(), value) != VALUE_BYTES) {
                return null;
            }
        } catch (RocksDBException failure) {
            throw broken(failure);
        } finally {
            open.unlock();
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        Known file = files.get(in.getInt(0));
        if (file == null) {
            throw new IndexCacheException(directory + " names an index file that it has not", null);
        }
        return new ChunkPlace(file.packs.get(in.getInt(4)), in.getInt(8), in.getInt(12), in.getInt(16), in.getInt(20));
    }

    private Lock enter() {
        Lock open = gate.readLock();
        open.lock();
        if (closed) {
            open.unlock();
            throw new IndexCacheException(directory + " is closed", null);
        }
        return open;
    }

    private IndexCacheException broken(RocksDBException failure) {
        return new IndexCacheException(directory + ": " + failure.getMessage(), failure);
    }

    @Override
    public synchronized void add(IndexFile file) {
        int number = files.size() + 1;
        Lock open = enter();
        try (WriteBatch batch = new WriteBatch()) {
            fill(batch, number, file);
            batch.put(key(number), entry(file));
            // before its chunks can be found
            files.put(
                    number,
                    new Known(
                            file.name(),
                            file.packs().stream().map(IndexFile.Pack::id).toList()));
            db.write(settings.writing(), batch);
            size += file.entries();
        } catch (RocksDBException failure) {
            throw broken(failure);
        } finally {
            open.unlock();
        }
    }

    private void fill(WriteBatch batch, int number, IndexFile file) {
        byte[] id = new byte[BlobId.BYTES];
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES).putInt(0, number);
        file.forEach((bytes, at, pack, frame, stored, offset, length, form) -> {
            System.arraycopy(bytes, at, id, 0, id.length);
            value.putInt(4, pack).putInt(8, frame).putInt(12, stored).putInt(16, offset);
            value.putInt(20, length);
            try {
                batch.put(id, value.array());
            } catch (RocksDBException failure) {
                throw broken(failure);
            }
        });
    }

    private static byte[] entry(IndexFile file) {
        ByteBuffer out = ByteBuffer.allocate((1 + file.packs().size()) * BlobId.BYTES + 4);
        out.put(file.name().toBytes()).putInt(file.entries());
        file.packs().forEach(pack -> out.put(pack.id().toBytes()));
        return out.array();
    }

    /** Chunks of all files: one that is in several counts as often. */
    @Override
    public synchronized long size() {
        return size;
    }

    /** Waits for calls that are under way. What was added is on the disk then, unless that fails. */
    @Override
    public void close() {
        Lock alone = gate.writeLock();
        alone.lock();
        try {
            if (!closed) {
                closed = true;
                db.close();
                settings.close();
            }
        } finally {
            alone.unlock();
        }
    }
}
