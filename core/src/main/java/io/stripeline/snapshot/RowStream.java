package io.stripeline.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * Rows one after the other: directory by directory, each before those below it, names in order of bytes. Not
 * thread-safe; blocks while it reads blobs; holds one part and one table node per level.
 *
 * <p>A {@link FormatException} tells of rows that are damaged; the next call goes on behind them. Each tells of others, so
 * whoever goes on comes to the end.
 */
public interface RowStream {
    /** The next row; null at the end. */
    @Nullable
    Row next();
}
