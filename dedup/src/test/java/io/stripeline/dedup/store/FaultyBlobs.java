package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.BlobWriter;
import io.stripeline.posix.PosixException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A blob store of which some objects cannot be read. */
public final class FaultyBlobs implements BlobStore {
    private final BlobStore store;
    private final Predicate<String> names;
    private final int errno;
    private final int from;
    private final int count;

    /** Reads of those objects so far. */
    public final AtomicInteger reads = new AtomicInteger();

    /**
     * @param names of the objects
     * @param from first read of them that fails, counted from 1
     * @param count how many fail
     */
    public FaultyBlobs(BlobStore store, Predicate<String> names, int errno, int from, int count) {
        this.store = store;
        this.names = names;
        this.errno = errno;
        this.from = from;
        this.count = count;
    }

    private void mayFail(String operation, String name) {
        if (names.test(name)) {
            int now = reads.incrementAndGet();
            if (now >= from && now - from < count) {
                throw new PosixException(operation, errno, store.location() + "/" + name);
            }
        }
    }

    @Override
    public byte[] read(String name, int maxBytes) {
        mayFail("open", name);
        return store.read(name, maxBytes);
    }

    @Override
    public int read(String name, long offset, byte[] target, int from, int length) {
        mayFail("pread", name);
        return store.read(name, offset, target, from, length);
    }

    @Override
    public long sizeBytes(String name) {
        return store.sizeBytes(name);
    }

    @Override
    public BlobWriter create(String name) {
        return store.create(name);
    }

    @Override
    public boolean createNew(String name, byte[] bytes) {
        return store.createNew(name, bytes);
    }

    @Override
    public void replace(String name, byte[] bytes) {
        store.replace(name, bytes);
    }

    @Override
    public void list(String folder, Consumer<Entry> each) {
        store.list(folder, each);
    }

    @Override
    public void delete(String name) {
        store.delete(name);
    }

    @Override
    public void listUnfinished(Consumer<Entry> each) {
        store.listUnfinished(each);
    }

    @Override
    public void deleteUnfinished(String name) {
        store.deleteUnfinished(name);
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public void close() {
        store.close();
    }
}
