package io.stripeline.cli;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.inode.RawPath;
import io.stripeline.program.ProblemLog;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.MissingRowsException;
import io.stripeline.snapshot.SnapshotSet;

/** What the verbs that only read a store share. */
final class StoreReading {
    private StoreReading() {}

    /** A job without progress, whose problems are said as they come. */
    static Job job(Console console) {
        return Job.start(problem -> console.err().println("stripeline: " + ProblemLog.line(problem)));
    }

    /** Damage that was met on the way makes a listing incomplete. */
    static int exitCode(Job job) {
        return job.problems().count(Problem.Severity.ERROR) == 0 ? ExitCode.DONE : ExitCode.FATAL;
    }

    /** Tells of damage that something goes on behind. */
    static void damaged(Job job, FormatException damage) {
        damaged(job, damage instanceof MissingRowsException missing ? missing.directory() : RawPath.ROOT, damage);
    }

    /** Tells of damage of one path. */
    static void damaged(Job job, RawPath path, FormatException damage) {
        job.problems().add(new Problem(path, Problem.Severity.ERROR, "damage", String.valueOf(damage.getMessage())));
    }

    /** True where a path is not in a snapshot. Where damage hides that, it is to be looked for further. */
    static boolean isAbsent(SnapshotSet namespace, RawPath path) {
        try {
            return namespace.find(path) == null;
        } catch (FormatException damaged) {
            return false;
        }
    }
}
