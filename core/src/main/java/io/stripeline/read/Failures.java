package io.stripeline.read;

import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;

/** What the reader tells people: what failed, why, and what they can do. */
final class Failures {
    private Failures() {}

    static Problem failed(RawPath path, PosixException cause) {
        return new Problem(
                path,
                Problem.Severity.ERROR,
                cause(cause),
                cause.getMessage() + "; its content is not in this backup. " + advice(cause.errno()));
    }

    static Problem unlisted(ScanFailure failure) {
        PosixException cause = failure.cause();
        return new Problem(
                failure.path(),
                Problem.Severity.ERROR,
                cause(cause),
                cause.getMessage()
                        + (failure.name().length == 0
                                ? "; what is in this directory is missing from this backup, in part or all. "
                                : "; it is missing from this backup. ")
                        + advice(cause.errno()));
    }

    static Problem changed(RawPath path, Outcome.Changed how) {
        return new Problem(
                path,
                Problem.Severity.WARNING,
                "changed while read",
                path + " changed while it was read (" + how.what() + "); what was sent is a mixture of moments."
                        + " The next backup reads it again");
    }

    static Problem partial(RawPath path, PartialAttributesException some) {
        return new Problem(
                path,
                Problem.Severity.ERROR,
                some.kind(),
                path + ": " + some.getMessage() + "; its content is in this backup");
    }

    static Problem warning(RawPath path, PosixException cause) {
        return new Problem(path, Problem.Severity.WARNING, cause(cause), cause.getMessage());
    }

    /** Groups failures of one kind, for example {@code open: EACCES}. */
    static String cause(PosixException cause) {
        return cause.operation() + ": " + cause.errnoName();
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.EMFILE, Errno.ENFILE -> Errno.advice(errno) + " Or lower readers=.";
            case Errno.ESTALE -> "It was replaced since the scan; the next backup takes what is there then.";
            case Errno.EAGAIN -> "Another program holds a lease or lock on it; the next backup tries again.";
            default -> Errno.advice(errno).isEmpty() ? "The next backup tries again." : Errno.advice(errno);
        };
    }
}
