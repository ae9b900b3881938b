package io.stripeline.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * Rows one after the other: directory by directory, each before those below it, names in order of bytes. Not
 * thread-safe; blocks while it reads blobs; holds one part and one table node per level.
 *
 * <p>After a {@link FormatException} the next call goes on behind the damaged part, or fails in the same way where the
 * table itself is damaged.
 */
public interface RowStream {
    /** The next row; null at the end. */
    @Nullable
    Row next();
}
