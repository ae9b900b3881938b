package io.stripeline.posix;

/**
 * A system call failed: operation, errno and path. Unchecked; the only exception type of the native layer. Carries no
 * stack trace: one is thrown per unreadable file, and what matters is in the message.
 */
public final class PosixException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String operation;
    private final String path;

    /**
     * @param operation name of the call, for example {@code open}
     * @param errno its errno, positive
     * @param path what it was called on, printable
     */
    public PosixException(String operation, int errno, String path) {
        super(null, null, false, false);
        this.errno = errno;
        this.operation = operation;
        this.path = path;
    }

    public int errno() {
        return errno;
    }

    /** The symbol, for example {@code EACCES}. */
    public String errnoName() {
        return Errno.name(errno);
    }

    /** What it means for the entry. */
    public Errno.Kind kind() {
        return Errno.kindOf(errno);
    }

    public String operation() {
        return operation;
    }

    public String path() {
        return path;
    }

    /** The same failure, told of another path: a caller that worked relative to a directory knows the whole one. */
    public PosixException at(String wholePath) {
        return new PosixException(operation, errno, wholePath);
    }

    /** For example {@code open a/b: EACCES (Permission denied)}. */
    @Override
    public String getMessage() {
        return operation + " " + path + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ")";
    }
}
