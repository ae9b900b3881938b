package io.stripeline.flow;

import io.stripeline.flow.Progress.Counter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a job ended, as a sink answers it.
 *
 * @param id what was made, for example a snapshot's id; empty where there is nothing to name
 * @param counters final values of all counters
 * @param problems what went wrong, grouped by cause
 */
public record Report(String id, Map<Counter, Long> counters, List<Problems.Group> problems) {
    public Report {
        counters = Map.copyOf(counters);
        problems = List.copyOf(problems);
    }

    /** A report of the present state of {@code job}. */
    public static Report of(String id, Job job) {
        Map<Counter, Long> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, job.progress().get(counter));
        }
        return new Report(id, values, job.problems().groups());
    }

    public long get(Counter counter) {
        return counters.getOrDefault(counter, 0L);
    }

    /** Number of problems of one severity. */
    public long count(Problem.Severity severity) {
        return problems.stream()
                .filter(group -> group.severity() == severity)
                .mapToLong(Problems.Group::count)
                .sum();
    }

    /** True where no data is missing. */
    public boolean isComplete() {
        return count(Problem.Severity.ERROR) == 0;
    }
}
