package io.stripeline.cli;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;

/** Names a thing that a walk without a reader stage could not look at. */
final class Unread {
    private Unread() {}

    /** Counts and reports the failures of a batch. */
    static void count(InodeBatch batch, Job job) {
        batch.failures().forEach(failure -> {
            job.progress().add(Counter.FAILED, 1);
            job.problems().add(problem(failure));
        });
    }

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
