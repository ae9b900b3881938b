package io.stripeline.snapshot;

/**
 * Stored bytes are not what their format says: damaged, truncated, missing, or of a version that this program does not
 * know. The message names the object, the offset where that is known, and what to do.
 */
public sealed class FormatException extends RuntimeException permits MissingRowsException {
    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }

    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
