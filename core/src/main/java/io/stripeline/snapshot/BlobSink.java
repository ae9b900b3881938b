package io.stripeline.snapshot;

import java.nio.ByteBuffer;

/**
 * Takes blobs and names them by content. Thread-safe; hashing, look-up and compression happen on the caller's thread.
 * Durable only once the root that refers to the blobs is committed.
 */
public interface BlobSink {
    /**
     * Stores the bytes between position and limit (neither is moved) unless a blob of the same content is there.
     *
     * @throws io.stripeline.posix.PosixException where the destination refuses (ENOSPC, EIO...); nothing of the root
     *     that was to refer to the blob may then be committed
     */
    BlobId put(BlobKind kind, ByteBuffer bytes);
}
