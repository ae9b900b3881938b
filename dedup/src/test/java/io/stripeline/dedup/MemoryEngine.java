package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store in memory that keeps what is put at once. */
final class MemoryEngine implements Engine {
    final Map<BlobId, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, byte[]> roots = new LinkedHashMap<>();
    final AtomicInteger openSessions = new AtomicInteger();
    /** Puts that are let through before the next one fails; negative for no limit. */
    final AtomicLong putsLeft = new AtomicLong(-1);

    Runnable putFailure = () -> {
        throw new IllegalStateException("disk full");
    };

    /** Run once a session has ended. */
    Runnable afterClose = () -> {};

    static BlobId id(byte[] bytes) {
        try {
            return BlobId.of(MessageDigest.getInstance("SHA-256").digest(bytes), 0);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Blobs that were read so far. */
    final AtomicInteger gets = new AtomicInteger();
    /** Run before each of them is. */
    Runnable beforeGet = () -> {};

    @Override
    public byte[] get(BlobId id) {
        gets.incrementAndGet();
        beforeGet.run();
        byte[] bytes = blobs.get(id);
        if (bytes == null || !id(bytes).equals(id)) {
            throw new FormatException("Blob " + id + " is missing or damaged");
        }
        return bytes.clone();
    }

    @Override
    public synchronized List<StoredRoot> roots(Consumer<FormatException> damaged) {
        List<StoredRoot> out = new ArrayList<>();
        roots.forEach((id, bytes) -> out.add(new StoredRoot(id, bytes)));
        return out;
    }

    /** As forget would. */
    synchronized void remove(String rootId) {
        roots.remove(rootId);
    }

    /** Whether a look-up counts as one on disk. */
    boolean onDisk;

    @Override
    public boolean looksOnDisk() {
        return onDisk;
    }

    @Override
    public boolean contains(BlobId id) {
        return blobs.containsKey(id);
    }

    @Override
    public void check(boolean readData, Consumer<String> damage) {
        blobs.forEach((id, bytes) -> {
            if (readData && !id(bytes).equals(id)) {
                damage.accept("blob " + id + " is damaged");
            }
        });
    }

    @Override
    public Usage usage(Predicate<BlobId> needed) {
        long all = blobs.values().stream().mapToLong(bytes -> bytes.length).sum();
        long used = blobs.entrySet().stream()
                .filter(blob -> needed.test(blob.getKey()))
                .mapToLong(blob -> blob.getValue().length)
                .sum();
        return new Usage(blobs.size(), all, all, all - used, 0);
    }

    @Override
    public Session session(List<String> parents, List<String> replaced) {
        openSessions.incrementAndGet();
        return new Session() {
            private final AtomicLong stored = new AtomicLong();
            private boolean closed;
            private String partial;

            @Override
            public BlobId put(BlobKind kind, ByteBuffer buffer) {
                if (putsLeft.get() == 0 || (putsLeft.get() > 0 && putsLeft.decrementAndGet() == 0)) {
                    putFailure.run();
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                BlobId id = id(bytes);
                if (blobs.putIfAbsent(id, bytes) == null) {
                    stored.addAndGet(bytes.length);
                }
                return id;
            }

            @Override
            public String checkpoint(byte[] root) {
                String earlier = partial;
                partial = add(root);
                if (earlier != null && !earlier.equals(partial)) {
                    remove(earlier);
                }
                return partial;
            }

            @Override
            public String commit(byte[] root) {
                String id = add(root);
                if (partial != null) {
                    remove(partial);
                }
                replaced.forEach(MemoryEngine.this::remove);
                return id;
            }

            private String add(byte[] root) {
                synchronized (MemoryEngine.this) {
                    String id = id(root).toString();
                    roots.put(id, root);
                    return id;
                }
            }

            @Override
            public long storedBytes() {
                return stored.get();
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    openSessions.decrementAndGet();
                    afterClose.run();
                }
            }
        };
    }

    @Override
    public void close() {}
}
