package io.stripeline.cli;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.program.Figures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a verb answers in the end, for people and for programs: a headline, facts in order, problems.
 *
 * <p>A fact has a key for JSON (units in its name) and a value that is a String, Long, Double, Boolean, null or a list
 * of strings; lines for people are made by the verb, since they join several facts.
 */
final class Result {
    private final String verb;
    private final Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final List<Problems.Group> problems;
    private final @Nullable Path problemsFile;

    Result(String verb, List<Problems.Group> problems, @Nullable Path problemsFile) {
        this.verb = verb;
        this.problems = problems;
        this.problemsFile = problemsFile;
    }

    /** A fact for programs. */
    Result fact(String key, @Nullable Object value) {
        facts.put(key, value);
        return this;
    }

    /** A line for people. */
    Result line(String label, String text) {
        lines.put(label, text);
        return this;
    }

    void print(Console console, boolean json, int exitCode) {
        if (json) {
            try (JsonOut out = new JsonOut(console.out())) {
                out.begin().field("verb", verb).field("exit_code", (long) exitCode);
                facts.forEach(out::field);
                problems(out);
                out.end();
            }
            return;
        }
        lines.forEach((label, text) -> console.out().printf("%-10s %s%n", label, text));
        for (Problems.Group group : problems) {
            if (group.severity() == Problem.Severity.ERROR) {
                console.out().printf("%-10s %s x %s%n", "ERRORS", Figures.count(group.count()), group.cause());
            }
        }
        String warnings = warnings();
        if (!warnings.isEmpty()) {
            console.out().printf("%-10s %s%n", "warnings", warnings);
        }
        if (problemsFile != null) {
            console.out()
                    .printf(
                            "%-10s all beyond the first %d of a cause: %s%n",
                            "problems", Problems.KEPT_PER_CAUSE, problemsFile);
        }
    }

    /** All of them in one line: {@code 7: 4 x owner: EPERM, 3 x device}. */
    private String warnings() {
        long count = 0;
        List<String> causes = new ArrayList<>();
        for (Problems.Group group : problems) {
            if (group.severity() != Problem.Severity.ERROR) {
                count += group.count();
                causes.add(Figures.count(group.count()) + " x " + group.cause());
            }
        }
        return causes.size() < 2
                ? String.join("", causes)
                : Figures.count(count) + " (" + String.join(", ", causes) + ")";
    }

    private void problems(JsonOut out) {
        out.beginArray("problems");
        for (Problems.Group group : problems) {
            out.begin()
                    .field("cause", group.cause())
                    .field("severity", group.severity().name().toLowerCase(java.util.Locale.ROOT))
                    .field("count", group.count());
            out.beginArray("first");
            for (Problem problem : group.first()) {
                out.begin()
                        .field("path", problem.path().toString())
                        .field("message", problem.message())
                        .end();
            }
            out.endArray().end();
        }
        out.endArray().field("problems_file", problemsFile == null ? null : problemsFile.toString());
    }

    /** Labels and texts, for tests. */
    String text() {
        return lines.entrySet().stream()
                .map(line -> line.getKey() + " " + line.getValue())
                .collect(Collectors.joining("\n"));
    }
}
