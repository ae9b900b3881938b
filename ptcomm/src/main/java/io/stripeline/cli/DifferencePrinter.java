package io.stripeline.cli;

import io.stripeline.program.Figures;
import io.stripeline.program.Interrupt;
import io.stripeline.snapshot.Diff;
import io.stripeline.snapshot.Difference;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints what differs as it is found: {@code + path}, {@code - path}, {@code M path  (what)}. */
final class DifferencePrinter {
    private final Console console;
    private final Interrupt interrupt;
    private long added;
    private long removed;
    private long changed;

    DifferencePrinter(Console console, Interrupt interrupt) {
        this.console = console;
        this.interrupt = interrupt;
    }

    void text(Diff diff) {
        for (Difference next = diff.next(); next != null && !interrupt.isRaised(); next = diff.next()) {
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
            for (Difference next = diff.next(); next != null && !interrupt.isRaised(); next = diff.next()) {
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
