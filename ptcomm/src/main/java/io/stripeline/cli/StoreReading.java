package io.stripeline.cli;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.program.ProblemLog;

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
}
