package io.stripeline.dedup;

/** A name given by a user does not stand for one snapshot, or not for a complete one. The message says what to do. */
public final class NoSuchSnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoSuchSnapshotException(String message) {
        super(message);
    }
}
