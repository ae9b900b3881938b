package io.stripeline.write;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problem.Severity;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a restore could not bring back, said so that a person knows what to do. Thread-safe. */
final class Losses {
    private final Job job;
    private final boolean requireOwner;
    private final AtomicBoolean isFull = new AtomicBoolean();

    Losses(Job job, boolean requireOwner) {
        this.job = job;
        this.requireOwner = requireOwner;
    }

    /**
     * Reports what keeps one entry from being made. False for what concerns others as well, as a full filesystem does; a
     * quota (EDQUOT) is one user's or project's.
     */
    boolean reported(RawPath path, Throwable failed) {
        if (failed instanceof Refusal refusal) {
            refused(path, refusal);
            return true;
        }
        if (failed instanceof PosixException call) {
            if (call.kind() == Errno.Kind.SPACE && call.errno() != Errno.EDQUOT) {
                full(path, call);
                return false;
            }
            failed(path, call);
            return true;
        }
        return false;
    }

    /** Once: every worker meets it. */
    private void full(RawPath path, PosixException cause) {
        if (isFull.compareAndSet(false, true)) {
            add(
                    path,
                    Severity.ERROR,
                    "full: " + cause.errnoName(),
                    path + ": the target has no room; the restore ends here. Directories that it made stay closed (mode"
                            + " 1700) until it is repeated with more room.");
        }
    }

    /** The entry is not there, or not whole. */
    void failed(RawPath path, PosixException cause) {
        job.progress().add(Counter.FAILED, 1);
        add(path, Severity.ERROR, cause.operation() + ": " + cause.errnoName(), sentence(path, cause));
    }

    /** What failed and what to do about it, in whole sentences. */
    static String sentence(RawPath path, PosixException cause) {
        String advice = advice(cause.errno());
        return cause.at(path.toString()).getMessage() + (advice.isEmpty() ? "" : ". " + advice);
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.ELOOP -> "A symlink stands where a directory is to be; it is not followed.";
            case Errno.ENOTDIR -> "Something else stands where a directory is to be; move it away.";
            case Errno.EISDIR, Errno.ENOTEMPTY -> "A directory stands where this entry is to be; move it away.";
            case Errno.EACCES, Errno.EPERM ->
                "Restore as a user who may write there; as root, look for immutable flags and root squash.";
            default -> Errno.advice(errno);
        };
    }

    /** Refused on purpose. */
    void refused(RawPath path, Refusal refusal) {
        job.progress().add(Counter.FAILED, 1);
        add(path, Severity.ERROR, refusal.kind(), path + ": " + refusal.sentence());
    }

    /** Left as it was on purpose. */
    void skipped() {
        job.progress().add(Counter.SKIPPED, 1);
    }

    /** A device, where the user has no privilege to make one. */
    void device(RawPath path) {
        skipped();
        add(path, Severity.WARNING, "device", path + ": only root can make devices. Restore as root with --devices.");
    }

    void owner(RawPath path, PosixException cause) {
        add(
                path,
                requireOwner ? Severity.ERROR : Severity.WARNING,
                "owner: " + cause.errnoName(),
                path + ": the owner cannot be set (" + cause.errnoName()
                        + "). Restore as root to get owners back; set-user-ID and set-group-ID do not come back without them.");
    }

    /** An attribute that needs privilege or a filesystem that has it. */
    void attribute(RawPath path, String what, PosixException cause) {
        attribute(path, isRefused(cause) ? Severity.WARNING : Severity.ERROR, what, cause);
    }

    /** An attribute that every filesystem has; the content is there all the same. */
    void basic(RawPath path, String what, PosixException cause) {
        attribute(path, Severity.ERROR, what, cause);
    }

    /** True where the user or the filesystem cannot do it; the next call may well succeed. */
    static boolean isRefused(PosixException cause) {
        return cause.kind() == Errno.Kind.DENIED || cause.kind() == Errno.Kind.UNSUPPORTED;
    }

    private void attribute(RawPath path, Severity severity, String what, PosixException cause) {
        String advice =
                isRefused(cause) ? "It needs privilege, or a filesystem that knows it." : Errno.advice(cause.errno());
        add(
                path,
                severity,
                what + ": " + cause.errnoName(),
                path + ": " + what + " cannot be set: " + cause.errnoName() + " (" + Errno.text(cause.errno()) + ")"
                        + (advice.isEmpty() ? "" : ". " + advice));
    }

    private void add(RawPath path, Severity severity, String cause, String message) {
        job.problems().add(new Problem(path, severity, cause, message));
    }
}
