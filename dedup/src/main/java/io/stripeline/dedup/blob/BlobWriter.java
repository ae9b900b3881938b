package io.stripeline.dedup.blob;

/**
 * An object being written. Nothing is visible before {@link #commit}; closing without it leaves nothing. Used by one
 * thread at a time.
 */
public interface BlobWriter extends AutoCloseable {
    /** Appends bytes; all are taken. */
    void write(byte[] bytes, int from, int length);

    /** Makes the object durable, then visible. EEXIST where the name is taken. */
    void commit();

    /** Ends; what was not committed is thrown away. */
    @Override
    void close();
}
