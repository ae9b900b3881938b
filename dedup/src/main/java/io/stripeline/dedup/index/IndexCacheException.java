package io.stripeline.dedup.index;

import org.jspecify.annotations.Nullable;

/** The index on this machine's disk cannot be used any more. Nothing is lost by that: index files say all that was in it. */
public final class IndexCacheException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public IndexCacheException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
