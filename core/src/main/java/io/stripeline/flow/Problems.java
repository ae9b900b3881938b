package io.stripeline.flow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the problems of one job in bounded memory: the first {@link #KEPT_PER_CAUSE} of each cause and severity are
 * kept, all are counted, and all are handed to the overflow consumer (a file, usually) as they come. Thread-safe.
 */
public final class Problems {
    /** A person reads a hundred lines of one kind; the rest is a count and a file. */
    public static final int KEPT_PER_CAUSE = 100;

    /** Causes beyond this number are counted together, as {@code other} of their severity: a cause is a kind, not a path. */
    private static final int CAUSES = 200;

    /** Takes every problem as it comes; called under the lock of the collector, so in order. */
    public interface Overflow {
        void accept(Problem problem);
    }

    /** All problems of one cause and severity: how many, and the first of them. */
    public record Group(String cause, Problem.Severity severity, long count, List<Problem> first) {}

    private record Key(String cause, Problem.Severity severity) {}

    private static final class Kind {
        long count;
        final List<Problem> first = new ArrayList<>();
    }

    private final Overflow overflow;
    private final Map<Key, Kind> kinds = new LinkedHashMap<>();

    public Problems() {
        this(problem -> {});
    }

    public Problems(Overflow overflow) {
        this.overflow = overflow;
    }

    public synchronized void add(Problem problem) {
        Key own = new Key(problem.cause(), problem.severity());
        Key key = kinds.size() < CAUSES || kinds.containsKey(own) ? own : new Key("other", problem.severity());
        Kind kind = kinds.computeIfAbsent(key, k -> new Kind());
        if (kind.count++ < KEPT_PER_CAUSE) {
            kind.first.add(problem);
        }
        overflow.accept(problem);
    }

    /** What was collected so far, in order of first appearance. */
    public synchronized List<Group> groups() {
        List<Group> out = new ArrayList<>();
        kinds.forEach(
                (key, kind) -> out.add(new Group(key.cause(), key.severity(), kind.count, List.copyOf(kind.first))));
        return out;
    }

    /** Number of problems of this severity. */
    public synchronized long count(Problem.Severity severity) {
        return kinds.entrySet().stream()
                .filter(kind -> kind.getKey().severity() == severity)
                .mapToLong(kind -> kind.getValue().count)
                .sum();
    }
}
