package io.stripeline.dedup;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSink;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.FormatException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the facade needs of the store below it: blobs, roots, sessions. Thread-safe; blocks. */
interface Engine extends BlobSource, AutoCloseable {
    /** A root as it stands in the store. */
    record StoredRoot(String id, byte[] bytes) {}

    /** One writer. Thread-safe for {@link #put}; the rest by one thread at a time. */
    interface Session extends BlobSink, AutoCloseable {
        /** Makes everything put so far durable, then a partial root, which replaces the earlier one; answers its id. */
        String checkpoint(byte[] root);

        /**
         * Makes everything put so far durable, then the root; answers its id. The session's partial root goes, and
         * those that the session replaces as far as no session lives that wrote them.
         */
        String commit(byte[] root);

        /** Bytes added to the store so far. */
        long storedBytes();

        /** Ends the session; what was not committed may vanish. */
        @Override
        void close();
    }

    /** Roots of snapshots, in no order. */
    List<StoredRoot> roots(Consumer<FormatException> damaged);

    boolean contains(BlobId id);

    /** Whether a blob is there for good. */
    enum Presence {
        ABSENT,
        /** It can be read, but a prune would take its pack for the rest of a crashed writer. */
        OUTSIDE_INDEX,
        PRESENT
    }

    default Presence presence(BlobId id) {
        return contains(id) ? Presence.PRESENT : Presence.ABSENT;
    }

    /** Whether a new snapshot may refer to a blob: some copy is there that is not known to be damaged. */
    default boolean isSound(BlobId id) {
        return contains(id);
    }

    /** Whether {@link #isSound} may have to read from the disk. */
    default boolean looksOnDisk() {
        return false;
    }

    /** Whether any damage is known; while none is, a file of a parent whose first blob is sound is taken for sound. */
    default boolean isDamageKnown() {
        return false;
    }

    /** Who takes what is worth knowing though nothing is lost: a cause, and a message for people. */
    default void notices(BiConsumer<String, String> listener) {}

    /**
     * Checks what is below the snapshots: packs, indexes.
     *
     * @param readData read and prove every chunk
     * @param damage told of each damage
     */
    void check(boolean readData, Consumer<String> damage);

    /** Counts chunks, and those that are not {@code needed}. */
    Usage usage(Predicate<BlobId> needed);

    /** What a store holds: {@code rawBytes} before compression, the others as stored; see {@link StoreStats}. */
    record Usage(long chunks, long storedBytes, long rawBytes, long reclaimableBytes, long leftoverBytes) {}

    /**
     * Starts a writer.
     *
     * @param parents roots that it refers to blobs of
     * @param replaced partial roots that are of no more use once its own stands
     */
    Session session(List<String> parents, List<String> replaced);

    @Override
    void close();
}
