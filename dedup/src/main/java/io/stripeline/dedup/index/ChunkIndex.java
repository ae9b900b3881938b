package io.stripeline.dedup.index;

import io.stripeline.snapshot.BlobId;
import org.jspecify.annotations.Nullable;

/** Answers where a chunk is. Thread-safe: many readers and writers. */
public interface ChunkIndex extends AutoCloseable {
    /** One copy of a chunk; null where none is known. */
    @Nullable
    ChunkPlace find(BlobId id);

    /** Adds what an index file lists; of a chunk that is known already either copy may be answered from then on. */
    void add(IndexFile file);

    /** Chunks known. */
    long size();

    @Override
    void close();
}
