package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.BlobSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the facade needs of the store below it: blobs, roots, sessions. Thread-safe; blocks. */
interface Engine extends BlobSource, AutoCloseable {
    /** A root as it stands in the store. */
    record StoredRoot(String id, byte[] bytes) {}

    /** One writer. Thread-safe for {@link #put}; the rest by one thread at a time. */
    interface Session extends BlobSink, AutoCloseable {
        /** Makes everything put so far durable, then the root; answers the root's id. */
        String commit(byte[] root);

        /** Bytes added to the store so far. */
        long storedBytes();

        /** Ends the session; what was not committed may vanish. */
        @Override
        void close();
    }

    /** Roots, in no order. */
    List<StoredRoot> roots();

    /** Removes a root that nobody needs any more. */
    void remove(String rootId);

    boolean contains(BlobId id);

    /**
     * Checks what is below the snapshots: packs, indexes.
     *
     * @param readData read and prove every chunk
     * @param damage told of each damage
     */
    void check(boolean readData, Consumer<String> damage);

    /** Number of chunks, bytes of all packs, and bytes of the chunks that are not {@code needed}. */
    Usage usage(Predicate<BlobId> needed);

    /** What a store holds. */
    record Usage(long chunks, long storedBytes, long unneededBytes) {}

    /** Starts a writer that refers to blobs of these roots. */
    Session session(List<String> parents);

    @Override
    void close();
}
