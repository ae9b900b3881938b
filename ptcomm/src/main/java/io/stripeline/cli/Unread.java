package io.stripeline.cli;

import io.stripeline.flow.Problem;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;

/** Names a thing that a walk without a reader stage could not look at. */
final class Unread {
    private Unread() {}

    static Problem problem(ScanFailure failure) {
        PosixException cause = failure.cause();
        String message = cause.getMessage()
                + (failure.name().length == 0
                        ? "; what is in this directory is not counted. "
                        : "; it is not counted. ")
                + Errno.advice(cause.errno());
        return new Problem(
                failure.path(), Problem.Severity.ERROR, cause.operation() + ": " + cause.errnoName(), message.strip());
    }
}
