package io.stripeline.cli;

import io.stripeline.flow.Job;
import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import io.stripeline.snapshot.Diff;
import io.stripeline.snapshot.Difference;
import io.stripeline.snapshot.FormatException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints what differs as it is found: {@code + path}, {@code - path}, {@code M path  (what)}. */
final class DifferencePrinter {
    private final Console console;
    private final Interrupt interrupt;
    private final Job job;
    private long added;
    private long removed;
    private long changed;

    DifferencePrinter(Console console, Interrupt interrupt, Job job) {
        this.console = console;
        this.interrupt = interrupt;
        this.job = job;
    }

    /** The next difference; damage on the way is told. */
    private @Nullable Difference next(Diff diff) {
        while (true) {
            try {
                return diff.next();
            } catch (FormatException damage) {
                StoreReading.damaged(job, damage);
            }
        }
    }

    void text(Diff diff) {
        for (Difference next = next(diff); next != null && !interrupt.isRaised(); next = next(diff)) {
            console.out().println(line(next));
        }
        console.out()
                .println(Figures.count(added) + " added, " + Figures.count(removed) + " removed, "
                        + Figures.count(changed) + " changed");
    }

    private String line(Difference difference) {
        if (difference instanceof Difference.Added) {
            added++;
            return "+ " + difference.path();
        }
        if (difference instanceof Difference.Changed both) {
            changed++;
            return "M " + difference.path() + "  (" + String.join(", ", words(both.what())) + ")";
        }
        removed++;
        return "- " + difference.path();
    }

    void json(Diff diff) {
        try (JsonOut json = new JsonOut(console.out())) {
            for (Difference next = next(diff); next != null && !interrupt.isRaised(); next = next(diff)) {
                json.begin()
                        .field("change", word(next))
                        .field("path", next.path().toString());
                if (next instanceof Difference.Changed both) {
                    json.field("what", words(both.what()));
                }
                json.end();
            }
        }
    }

    private static String word(Difference difference) {
        return difference instanceof Difference.Added
                ? "added"
                : difference instanceof Difference.Removed ? "removed" : "changed";
    }

    private static List<String> words(Set<Difference.What> what) {
        return what.stream().map(one -> one.name().toLowerCase(Locale.ROOT)).collect(Collectors.toList());
    }
}
