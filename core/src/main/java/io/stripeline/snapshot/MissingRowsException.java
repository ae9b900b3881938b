package io.stripeline.snapshot;

import io.stripeline.inode.RawPath;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows of one directory, or of several one after the other, cannot be read; the message names them. */
public final class MissingRowsException extends FormatException {
    private static final long serialVersionUID = 1L;

    private final byte[] from;
    private final byte @Nullable [] to;

    private MissingRowsException(String message, byte[] from, byte @Nullable [] to, Throwable cause) {
        super(message, cause);
        this.from = from;
        this.to = to;
    }

    /** Rows of the directory of a key. */
    static MissingRowsException of(byte[] directoryKey, FormatException cause) {
        return new MissingRowsException(
                "Rows of directory " + Keys.path(directoryKey) + ": " + cause.getMessage(),
                directoryKey,
                Keys.part(directoryKey, new byte[0], 0, 0),
                cause);
    }

    /** Everything from one key of a directory table up to another one, or to the end. */
    static MissingRowsException between(byte[] fromKey, byte @Nullable [] toKey, FormatException cause) {
        byte[] first = Arrays.copyOf(fromKey, Keys.directoryLength(fromKey));
        String end = toKey == null
                ? " and all that come after it"
                : " up to " + Keys.path(Arrays.copyOf(toKey, Keys.directoryLength(toKey)));
        return new MissingRowsException(
                "Rows of directory " + Keys.path(first) + " and of directories below and beside it" + end + ": "
                        + cause.getMessage(),
                first,
                toKey,
                cause);
    }

    /** The directory whose rows are missing; the first one where there are several. */
    public RawPath directory() {
        return Keys.path(from);
    }

    /** Key of the first directory. */
    byte[] firstKey() {
        return from;
    }

    /** The key before which it ends; null for the end of the table. */
    byte @Nullable [] endKey() {
        return to;
    }
}
