package io.stripeline.snapshot;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Blobs in a map. Remembers which ones were put since {@link #forget}. */
final class MemoryBlobs implements BlobSink, BlobSource {
    final Map<BlobId, byte[]> blobs = new TreeMap<>();
    final Set<BlobId> fresh = new HashSet<>();
    boolean discard;
    long puts;
    long gets;

    @Override
    public synchronized BlobId put(BlobKind kind, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        BlobId id = id(copy);
        puts++;
        if (!discard && blobs.putIfAbsent(id, copy) == null) {
            fresh.add(id);
        }
        return id;
    }

    static BlobId id(byte[] bytes) {
        try {
            return BlobId.of(MessageDigest.getInstance("SHA-256").digest(bytes), 0);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public synchronized byte[] get(BlobId id) {
        gets++;
        byte[] bytes = blobs.get(id);
        if (bytes == null) {
            throw new FormatException("Blob " + id + " is missing");
        }
        return bytes.clone();
    }

    void forget() {
        fresh.clear();
        gets = 0;
        puts = 0;
    }
}
