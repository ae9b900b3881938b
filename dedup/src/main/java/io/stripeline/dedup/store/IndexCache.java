package io.stripeline.dedup.store;

import io.stripeline.dedup.index.ChunkIndex;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.index.IndexCacheException;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.index.RocksChunkIndex;
import io.stripeline.snapshot.BlobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The local index of one store, as a cache of its index files. It is used by one process at a time, and believed only in
 * what index files say that stand and are whole at the time it is opened: each is read then, and one that is known here and
 * cannot be read has the cache made anew.
 *
 * <p>An index is in a directory with a name of its own, never used again. So one that is removed while it is open cannot get
 * mixed with its successor: what is missing of it is an error, never another answer.
 */
final class IndexCache implements ChunkIndex {
    /** Of this layout. What has another name is of another version, or a rest, and is removed. */
    private static final String PREFIX = "chunks1-";

    private final Path directory;
    private final CacheLock lock;
    private RocksChunkIndex index;
    private Path place;

    private IndexCache(Path directory, CacheLock lock) throws IOException {
        this.directory = directory;
        this.lock = lock;
        Path last = null;
        for (Path each : children(directory)) {
            if (last == null && each.getFileName().toString().startsWith(PREFIX)) {
                last = each;
            } else {
                remove(each);
            }
        }
        RocksChunkIndex found = last == null ? null : openOrNull(last);
        if (last != null && found == null) {
            remove(last);
        }
        this.place = last == null || found == null ? fresh() : last;
        this.index = found == null ? RocksChunkIndex.open(place) : found;
    }

    /**
     * Opens the cache and brings it up to date.
     *
     * @param names of the store's index files; what cannot be read of them is left out
     * @throws IOException where it cannot be made, or somebody else uses it
     * @throws IndexCacheException where the disk fails meanwhile; it is removed then
     */
    static IndexCache open(Path home, List<BlobId> names, IndexFiles files) throws IOException {
        RocksChunkIndex.prepare();
        Path directory = CacheHome.makeTrusted(home, "index");
        CacheLock lock = CacheLock.take(directory);
        IndexCache cache;
        try {
            cache = new IndexCache(directory, lock);
        } catch (IOException | RuntimeException | Error failure) {
            lock.close();
            throw failure;
        }
        try {
            cache.update(names, files);
        } catch (IOException | IndexCacheException failure) {
            cache.discard(failure);
            throw failure;
        } catch (RuntimeException | Error failure) { // of the store: what is in the cache stands
            cache.close();
            throw failure;
        }
        return cache;
    }

    private Path fresh() throws IOException {
        return Files.createTempDirectory(directory, PREFIX);
    }

    /** Null where it is damaged: it is made anew then, as one that is missing. */
    private static @Nullable RocksChunkIndex openOrNull(Path place) {
        try {
            return RocksChunkIndex.open(place);
        } catch (IOException damaged) {
            return null;
        }
    }

    private void update(List<BlobId> names, IndexFiles files) throws IOException {
        if (!new HashSet<>(names).containsAll(index.names()) || !takeIn(names, files)) {
            index.close();
            remove(place);
            place = fresh();
            index = RocksChunkIndex.open(place);
            takeIn(names, files);
        }
    }

    /** Adds what is not known yet; false where something is known that cannot be read now. */
    private boolean takeIn(List<BlobId> names, IndexFiles files) {
        Set<BlobId> known = index.names();
        for (BlobId name : names) {
            IndexFile file = files.readOrTell(name, damaged -> {});
            if (file == null && known.contains(name)) {
                return false;
            }
            if (file != null && !known.contains(name)) {
                index.add(file);
            }
        }
        return true;
    }

    /** Names of the index files whose chunks are here. */
    Set<BlobId> names() {
        return index.names();
    }

    @Override
    public @Nullable ChunkPlace find(BlobId id) {
        return index.find(id);
    }

    @Override
    public void add(IndexFile file) {
        index.add(file);
    }

    @Override
    public long size() {
        return index.size();
    }

    @Override
    public void close() {
        index.close();
        unlock();
    }

    /** Closes it after a failure, and removes what is on the disk as far as that can be done. */
    void discard(Exception failure) {
        index.close();
        try {
            remove(place);
        } catch (IOException cannot) { // then the next opener meets what we did
            failure.addSuppressed(cannot);
        }
        unlock();
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot unlock " + directory, failure);
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.filter(each -> !each.endsWith("lock")).sorted().toList();
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private static void remove(Path place) throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (NoSuchFileException gone) {
            return; // somebody was faster
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }
}
