package io.stripeline.snapshot;

/** Gives blobs back by name. Thread-safe; blocks. */
public interface BlobSource {
    /**
     * The bytes of a blob, proved against its name. The array is the caller's.
     *
     * @throws FormatException where the blob is missing or damaged; the message names the blob, the file and what to do
     */
    byte[] get(BlobId id);

    /**
     * A number that is near to those of the blobs which are read together with this one, for whoever may choose the order
     * in which it asks; 0 where nothing is known. Does not block for long.
     */
    default long place(BlobId id) {
        return 0;
    }
}
