package io.stripeline.backend;

import io.stripeline.posix.PosixException;
import io.stripeline.program.Foreground;
import io.stripeline.program.IoReason;
import io.stripeline.program.Nearest;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.ptcomm.wire.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** Which job a session asks for, and how one ends that cannot go on: with one line in its log. */
final class Jobs {
    private Jobs() {}

    static void run(BackendSession session, Cancel cancel) throws IOException {
        try {
            JobOptions options = new JobOptions(session.parameters(), ConfigFile.of(session));
            options.checkKnown();
            switch (session.start()) {
                case BACKUP -> new BackupJob(session, options, cancel).run();
                case ESTIMATE -> new EstimateJob(session, options, cancel).run();
                case LISTING -> new ListingJob(session, options, cancel).run();
                case QUERY -> new QueryJob(session).run();
                case RESTORE -> new RestoreJob(session, options, cancel).run();
            }
        } catch (Foreground.Interrupted stopped) {
            if (!cancel.isRaised()) { // else the plugin knows
                session.refuse(session.whyStopped().orElse("internal error: the job was stopped for no reason"));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (JobOptions.Bad bad) {
            session.refuse(String.valueOf(bad.getMessage()));
        } catch (EOFException gone) {
            throw gone; // the plugin has ended the conversation: nobody is left to be told
        } catch (IOException | RuntimeException | Error failed) {
            if (!cancel.isRaised()) {
                session.refuse(reason(failed));
                throw failed;
            }
        }
    }

    /** What nobody foresaw is named by its kind as well; the log of the process has all of it. */
    static String reason(Throwable failed) {
        if (failed instanceof IOException local) {
            return IoReason.of(local);
        }
        if (failed instanceof UncheckedIOException local) {
            return reason(local);
        }
        boolean foreseen = failed instanceof PosixException
                || failed instanceof IllegalArgumentException
                || failed instanceof ProtocolException;
        return foreseen ? String.valueOf(failed.getMessage()) : "internal error: " + failed;
    }

    /** What could not be done, and why: not all who wrap a failure say both. */
    private static String reason(UncheckedIOException failed) {
        String what = String.valueOf(failed.getMessage());
        String why = String.valueOf(failed.getCause());
        if (what.equals(why)) {
            return IoReason.of(failed);
        }
        IOException cause = failed.getCause();
        boolean said = cause == null || what.contains(String.valueOf(cause.getMessage()));
        return said ? what : what + " (" + IoReason.of(failed) + ")";
    }

    /** Names what the plugin command has and nobody knows. */
    static void warnOfUnknown(Parameters parameters, JobLog log) {
        for (Parameters.Parameter one : parameters.all()) {
            if (Key.of(one.key()).isEmpty() && !Key.isOfThePlugin(one.key())) {
                List<String> nearest = Nearest.to(one.key().toLowerCase(Locale.ROOT), Key.words());
                log.warn("unknown key " + one.key() + "= in the plugin command is ignored"
                        + (nearest.isEmpty() ? "" : "; did you mean " + String.join("= or ", nearest) + "=?"));
            }
        }
    }
}
