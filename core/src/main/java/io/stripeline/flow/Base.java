package io.stripeline.flow;

import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier backup knows, as the reader asks it: is this row unchanged, so that it need not be read?
 *
 * <p>The rule of an implementation: a file is unchanged only if identity (the filesystem's stable id, inode, generation
 * where known), size, mtime and ctime are equal, its last outcome was Ok, and it was settled then: both times older
 * than the driver's clock granularity when it was recorded. A write within the same clock tick must not hide.
 *
 * <p>Threads: {@link #unchanged} is called by one thread at a time, on a thread that may block; rows of one directory tend to come together.
 */
public interface Base extends AutoCloseable {
    /** A base that knows nothing: everything is read. */
    Base NONE = new Base() {
        @Override
        public @Nullable Known unchanged(InodeBatch batch, int row) {
            return null;
        }

        @Override
        public void close() {}
    };

    /** Opaque to everyone but the sink that belongs to the base. */
    interface Known {}

    /** What is known of this row if it is unchanged; null if it must be read. Never fails: in doubt it is null. */
    @Nullable
    Known unchanged(InodeBatch batch, int row);

    /**
     * What was read of this path was gone: no item stands for it, and whoever goes by times next must not take it for
     * unchanged if it comes back. Any thread of the reader, several at once.
     */
    default void vanished(RawPath path) {}

    @Override
    void close();
}
