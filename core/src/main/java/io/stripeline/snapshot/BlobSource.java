package io.stripeline.snapshot;

/** Gives blobs back by name. Thread-safe; blocks. */
public interface BlobSource {
    /**
     * The bytes of a blob, proved against its name. The array is the caller's.
     *
     * @throws FormatException where the blob is missing or damaged; the message names the blob, the file and what to do
     */
    byte[] get(BlobId id);
}
