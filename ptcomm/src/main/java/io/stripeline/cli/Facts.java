package io.stripeline.cli;

import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.program.Figures;

/** The facts and lines that the results of several verbs share. */
final class Facts {
    private Facts() {}

    static Result scanned(Result result, Report report) {
        long entries = report.get(Counter.SCANNED);
        long directories = report.get(Counter.DIRECTORIES);
        long bytes = report.get(Counter.SCANNED_BYTES);
        result.fact("scanned_entries", entries)
                .fact("scanned_directories", directories)
                .fact("scanned_bytes", bytes)
                .fact("skipped_entries", report.get(Counter.SKIPPED))
                .line(
                        "scanned",
                        Figures.count(entries) + " entries (" + Figures.count(directories) + " directories), "
                                + Figures.bytes(bytes));
        if (report.get(Counter.SKIPPED) > 0) {
            result.line("skipped", Figures.count(report.get(Counter.SKIPPED)) + " entries, on purpose");
        }
        return result;
    }

    /** What went wrong or was odd, where anything was. */
    static Result oddities(Result result, Report report) {
        long changed = report.get(Counter.CHANGED);
        long vanished = report.get(Counter.VANISHED);
        long failed = report.get(Counter.FAILED);
        result.fact("changed_entries", changed)
                .fact("vanished_entries", vanished)
                .fact("failed_entries", failed);
        if (changed + vanished + failed > 0) {
            result.line(
                    "of these",
                    Figures.count(failed) + " unreadable, " + Figures.count(changed) + " changed while read, "
                            + Figures.count(vanished) + " vanished");
        }
        return result;
    }

    static Result time(Result result, double seconds, long entries, long bytes) {
        double time = Math.max(seconds, 1e-3);
        return result.fact("seconds", Math.round(seconds * 1000) / 1000.0)
                .fact("entries_per_second", (double) Math.round(entries / time))
                .fact("bytes_per_second", (double) Math.round(bytes / time))
                .line(
                        "time",
                        Figures.seconds(seconds) + ", " + Figures.count(Math.round(entries / time)) + " entries/s"
                                + (bytes > 0 ? ", " + Figures.rate(bytes / time) : ""));
    }
}
