package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.BlobSink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/**
 * Stores chunks on a bounded pool of threads: hashing, look-up and compression in parallel, while the caller keeps the
 * order of its futures. Memory is bounded by the permits: who submits waits until one is free.
 */
final class ChunkTasks {
    /** In hand per thread: one in work, one waiting, two on the way. */
    private static final int CHUNKS_PER_THREAD = 4;

    private final BlobSink blobs;
    private final ExecutorService threads;
    private final Semaphore permits;
    private final ArrayDeque<byte[]> buffers = new ArrayDeque<>();

    ChunkTasks(BlobSink blobs, ExecutorService threads, int cores) {
        this.blobs = blobs;
        this.threads = threads;
        this.permits = new Semaphore(cores * CHUNKS_PER_THREAD);
    }

    /** Copies and stores a chunk. Waits for room. */
    CompletableFuture<BlobId> put(ByteBuffer bytes) throws InterruptedException {
        permits.acquire();
        int length = bytes.remaining();
        byte[] chunk = buffer(length);
        bytes.duplicate().get(chunk, 0, length);
        try {
            return CompletableFuture.supplyAsync(() -> store(chunk, length), threads);
        } catch (RuntimeException | Error rejected) {
            permits.release();
            throw rejected;
        }
    }

    private BlobId store(byte[] chunk, int length) {
        try {
            return blobs.put(BlobKind.DATA, ByteBuffer.wrap(chunk, 0, length));
        } finally {
            synchronized (buffers) {
                buffers.push(chunk);
            }
            permits.release();
        }
    }

    private byte[] buffer(int length) {
        synchronized (buffers) {
            byte[] free = buffers.poll();
            if (free != null && free.length >= length) {
                return free;
            }
        }
        return new byte[Math.max(length, 64 << 10)];
    }

    /** The result of a chunk; its failure is that of the store. */
    static BlobId join(CompletableFuture<BlobId> chunk) {
        try {
            return chunk.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }
}
