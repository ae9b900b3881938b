package io.stripeline.program;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Names every problem: the first hundred of a cause as they come, the rest in a file that is made when it is needed.
 * Memory is bounded by the number of causes, which {@link Problems} bounds in the same way.
 */
public final class ProblemLog implements Problems.Overflow, AutoCloseable {
    private static final int CAUSES = 200;
    private static final String REST = "";

    private final Path directory;
    private final Consumer<String> say;
    private final Predicate<Problem> named;
    private final Map<String, Integer> seen = new HashMap<>();
    private @Nullable Path file;
    private @Nullable BufferedWriter rest;
    private boolean broken;

    /** Names every problem. */
    public ProblemLog(Path directory, Consumer<String> say) {
        this(directory, say, problem -> true);
    }

    /**
     * @param directory where the file is made
     * @param say takes one line for people
     * @param named the others are only counted, in the report
     */
    public ProblemLog(Path directory, Consumer<String> say, Predicate<Problem> named) {
        this.directory = directory;
        this.say = say;
        this.named = named;
    }

    @Override
    public synchronized void accept(Problem problem) {
        if (!named.test(problem)) {
            return;
        }
        String cause = seen.size() < CAUSES || seen.containsKey(problem.cause()) ? problem.cause() : REST;
        int number = seen.merge(cause, 1, (a, b) -> Math.min(a + b, Problems.KEPT_PER_CAUSE + 1));
        if (number <= Problems.KEPT_PER_CAUSE) {
            say.accept(line(problem));
        } else {
            write(line(problem));
        }
    }

    /** {@code error: etc/shadow: open etc/shadow: EACCES...}; the path is in front only where the message lacks it. */
    public static String line(Problem problem) {
        String kind = problem.severity() == Problem.Severity.ERROR ? "error: " : "warning: ";
        String path = problem.path().toString();
        return kind + (problem.message().contains(path) ? "" : path + ": ") + problem.message();
    }

    private void write(String line) {
        if (broken) {
            return;
        }
        try {
            if (rest == null) {
                file = Files.createTempFile(directory, "stripeline-problems-", ".log");
                rest = Files.newBufferedWriter(file);
            }
            rest.write(line);
            rest.newLine();
        } catch (IOException failed) {
            broken = true;
            say.accept("warning: not every problem can be named, only counted: " + failed.getMessage());
        }
    }

    /** The file with what was not said one by one; null where everything was. */
    public synchronized @Nullable Path file() {
        return file;
    }

    @Override
    public synchronized void close() {
        try {
            if (rest != null) {
                rest.close();
            }
        } catch (IOException failed) {
            say.accept("warning: " + file + " is incomplete: " + failed.getMessage());
        }
    }
}
