package io.stripeline.cli;

import io.stripeline.dedup.NoSuchSnapshotException;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.program.Foreground;
import io.stripeline.program.IoReason;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Says in one line why a verb could not do its work. */
final class Trouble {
    /** What people can do something about and that has no better type: the message is a whole sentence. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    /** A command line that can never work, whatever is there: exit code 2, and nothing was opened or made. */
    static final class Usage extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Usage(String message) {
            super(message, null, false, false);
        }
    }

    private Trouble() {}

    static int report(Throwable failure, Console console, boolean debug, boolean signalled) {
        console.out().flush();
        if (failure instanceof Foreground.Interrupted || signalled) {
            console.err().println("stripeline: interrupted");
        } else {
            String said = sentence(failure);
            console.err()
                    .println(
                            said != null
                                    ? "stripeline: " + said
                                    : "stripeline: internal error: " + failure
                                            + (debug ? "" : " (run it again with --debug for the trace)"));
        }
        if (debug) {
            failure.printStackTrace(console.err());
        }
        return ExitCode.FATAL;
    }

    /** What to tell people; null where the failure is none of the expected kinds. */
    private static @Nullable String sentence(Throwable failure) {
        if (failure instanceof PosixException posix) {
            return (posix.getMessage() + ". " + Errno.advice(posix.errno())).strip();
        }
        if (failure instanceof FormatException
                || failure instanceof NoSuchSnapshotException
                || failure instanceof IllegalArgumentException
                || failure instanceof Refused) {
            return failure.getMessage();
        }
        if (failure instanceof UncheckedIOException unchecked) {
            return IoReason.of(unchecked);
        }
        return failure instanceof IOException io ? IoReason.of(io) : null;
    }
}
