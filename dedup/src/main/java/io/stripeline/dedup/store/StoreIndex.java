package io.stripeline.dedup.store;

import io.stripeline.dedup.index.ChunkIndex;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.index.IndexCacheException;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.index.MemoryChunkIndex;
import io.stripeline.snapshot.BlobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The index of a store: in memory while the store is small, on this machine's disk from {@link #MEMORY_CHUNKS} on; the
 * library for that is not loaded before. Where the disk cannot be used, since another process has the cache open, there is
 * no place for one, or it fails, the index is in memory and that is told. Methods throw {@link UncheckedIOException} where
 * the index is too large for that, too.
 */
final class StoreIndex implements ChunkIndex {
    /** 120 MB of memory; another number is the system property {@code stripeline.index.memory}. */
    private static final long MEMORY_CHUNKS = 2_000_000;

    private static final long BYTES_PER_CHUNK = 60;
    /** With what a compaction needs for a while. */
    private static final long DISK_BYTES_PER_CHUNK = 150;

    private final @Nullable Path home;
    private final IndexFiles files;
    private final Notices notices;
    private final BiConsumer<ChunkIndex, IndexCacheException> lost;
    private final long memoryChunks = Long.getLong("stripeline.index.memory", MEMORY_CHUNKS);
    private final long mostInMemory = Runtime.getRuntime().maxMemory() / 2 / BYTES_PER_CHUNK;
    private volatile ChunkIndex index = new MemoryChunkIndex();
    private volatile boolean onDisk;
    /** Why the index of a large store is in memory. What the disk refused once is not tried again. */
    private volatile @Nullable String refused;

    private boolean closed;

    /**
     * @param home for caches of this store; null for memory alone
     * @param lost is called where the disk fails, with the index that did; when it returns, {@link #toMemory} has been
     *     called for that index, by this thread or another
     */
    StoreIndex(
            @Nullable Path home, IndexFiles files, Notices notices, BiConsumer<ChunkIndex, IndexCacheException> lost) {
        this.home = home;
        this.files = files;
        this.notices = notices;
        this.lost = lost;
    }

    /** True where a look-up may read from the disk. */
    boolean isOnDisk() {
        return onDisk;
    }

    /** Whether that many chunks should go to the disk, and have not yet. */
    boolean wantsDisk(long chunks) {
        return chunks > memoryChunks && !onDisk && refused == null;
    }

    /**
     * Moves to the disk.
     *
     * @return the index files whose chunks are known now; null where it stays in memory
     */
    @Nullable
    Set<BlobId> toDisk(IndexFiles.Listing listing) {
        try {
            if (home == null) {
                throw new IOException("there is no home directory and no XDG_CACHE_HOME");
            }
            IndexCache cache = IndexCache.open(home, listing.names(), files);
            onDisk = true;
            replace(cache);
            return cache.names();
        } catch (IOException | IndexCacheException failure) {
            refuse(failure, listing.chunks());
            return null;
        }
    }

    /**
     * Leaves the disk after a failure: reads all index files into memory.
     *
     * @return the index files whose chunks are known now; null where another thread did it before
     */
    @Nullable
    Set<BlobId> toMemory(ChunkIndex failed, IndexCacheException failure) {
        if (index != failed || !(failed instanceof IndexCache cache)) {
            return null;
        }
        requireOpen();
        cache.discard(failure);
        refuse(failure, files.list().chunks());
        MemoryChunkIndex memory = new MemoryChunkIndex();
        Set<BlobId> names = new HashSet<>();
        files.forEach(file -> {
            memory.add(file);
            names.add(file.name());
        });
        replace(memory);
        return names;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The store is closed");
        }
    }

    private synchronized void replace(ChunkIndex next) {
        if (closed) {
            next.close();
            throw new IllegalStateException("The store is closed");
        }
        index = next;
    }

    private void refuse(Exception failure, long chunks) {
        String why = String.valueOf(failure.getMessage());
        if (failure instanceof FileSystemException system && system.getReason() == null) { // then it is in the type
            why += failure instanceof AccessDeniedException
                    ? ": permission denied"
                    : ": " + failure.getClass().getSimpleName();
        }
        requireMemory(chunks, why);
        refused = why;
        notices.tell("index in memory", "The index of this large store is held in memory, 60 bytes a chunk: " + why);
    }

    private void requireMemory(long chunks, String why) {
        if (chunks > mostInMemory) {
            throw new UncheckedIOException(new IOException("The index of this store, of " + chunks
                    + " chunks, does not fit into memory, and cannot be kept on the local disk: " + why
                    + ". Mend that, or set XDG_CACHE_HOME to a directory of yours on a local disk with "
                    + (chunks * DISK_BYTES_PER_CHUNK >> 20) + " MiB free; or give more memory, with"
                    + " STRIPELINE_JAVA_OPTS=-Xmx" + ((2 * chunks * BYTES_PER_CHUNK >> 30) + 1) + "g"));
        }
    }

    @Override
    public @Nullable ChunkPlace find(BlobId id) {
        ChunkIndex now = index;
        try {
            return now.find(id);
        } catch (IndexCacheException failure) {
            lost.accept(now, failure);
            return index.find(id);
        }
    }

    @Override
    public void add(IndexFile file) {
        String why = refused;
        if (why != null) {
            requireMemory(index.size() + file.entries(), why);
        }
        ChunkIndex now = index;
        try {
            now.add(file);
        } catch (IndexCacheException failure) {
            lost.accept(now, failure);
            index.add(file);
        }
    }

    @Override
    public long size() {
        return index.size();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        index.close();
    }
}
