package io.stripeline.cli;

import java.util.ArrayList;
import java.util.List;

/** What {@code doctor} found, in order. */
final class Findings {
    /** @param fine false where something is missing that somebody might expect */
    private record Finding(String about, boolean fine, String text) {}

    private final List<Finding> found = new ArrayList<>();

    void ok(String about, String text) {
        found.add(new Finding(about, true, text));
    }

    void check(String about, boolean fine, String good, String bad) {
        found.add(new Finding(about, fine, fine ? good : bad));
    }

    /** What is not fine, for example {@code fd jit}. */
    List<String> missing() {
        return found.stream()
                .filter(finding -> !finding.fine())
                .map(Finding::about)
                .toList();
    }

    /** What was found about something. */
    String text(String about) {
        return found.stream()
                .filter(finding -> finding.about().equals(about))
                .map(Finding::text)
                .findFirst()
                .orElse("");
    }

    void print(Console console, boolean json) {
        if (!json) {
            found.forEach(finding -> console.out()
                    .printf("%-4s %-12s %s%n", finding.fine() ? "ok" : "--", finding.about(), finding.text()));
            return;
        }
        try (JsonOut out = new JsonOut(console.out())) {
            out.begin().field("verb", "doctor").field("exit_code", 0L).beginArray("findings");
            for (Finding finding : found) {
                out.begin()
                        .field("about", finding.about())
                        .field("ok", finding.fine())
                        .field("text", finding.text())
                        .end();
            }
            out.endArray().end();
        }
    }
}
