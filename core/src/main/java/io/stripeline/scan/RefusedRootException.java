package io.stripeline.scan;

/** A walk was to start where none may start; the message is a whole sentence that begins with what the root is. */
public final class RefusedRootException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public RefusedRootException(String reason) {
        super(reason);
    }
}
