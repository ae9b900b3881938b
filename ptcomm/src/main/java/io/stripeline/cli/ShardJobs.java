package io.stripeline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of Bacula's jobs hold the newest state of some shards: of each job name the last full one (real or virtual), the
 * last differential one behind it, and the incrementals behind that. Only the catalog knows: it is asked in SQL that
 * PostgreSQL, MySQL and SQLite understand alike.
 */
final class ShardJobs {
    /** What Bacula allows in a name; none of it means anything inside quotes of SQL. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.: -]{1,127}");

    /** A row as the console draws it; it may group digits. */
    private static final Pattern ROW = Pattern.compile("\\|\\s*([0-9,]+)\\s*\\|\\s*([FDI])\\s*\\|\\s*(.+?)\\s*\\|");

    private static final String GOOD = "Type='B' AND %1$s.JobStatus IN ('T','W')";

    private final List<String> names;

    /** @param names of the shards' jobs */
    ShardJobs(List<String> names) {
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new Trouble.Refused("'" + name + "' is no name of a job");
            }
        }
        this.names = List.copyOf(names);
    }

    /** What bconsole is to be told. */
    String commands() {
        String list = names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(","));
        return String.join(
                "\n",
                "sqlquery",
                "SELECT J.JobId, J.Level, J.Name FROM Job J WHERE J." + String.format(GOOD, "J"),
                "AND J.Name IN (" + list + ")",
                "AND J.StartTime >= (SELECT MAX(F.StartTime) FROM Job F WHERE F." + String.format(GOOD, "F"),
                "AND F.Level='F' AND F.Name=J.Name)",
                "AND (J.Level='F' OR J.Level IN ('D','I') AND NOT EXISTS (SELECT 1 FROM Job D WHERE D."
                        + String.format(GOOD, "D"),
                "AND D.Level='D' AND D.Name=J.Name AND D.JobId<>J.JobId AND D.StartTime >= J.StartTime))",
                "ORDER BY J.JobId;",
                "",
                "quit",
                "");
    }

    /**
     * The restore that gets everything, from the console's answer.
     *
     * @throws Trouble.Refused where a shard is missing: what is restored without it is not the tree
     */
    String restore(String answer) {
        TreeMap<Long, String> jobs = new TreeMap<>();
        List<String> full = new ArrayList<>();
        Matcher rows = ROW.matcher(answer);
        while (rows.find()) {
            jobs.put(Long.parseLong(rows.group(1).replace(",", "")), rows.group(3));
            if (rows.group(2).equals("F")) {
                full.add(rows.group(3));
            }
        }
        List<String> missing =
                names.stream().filter(name -> !full.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new Trouble.Refused("the catalog has no full backup of " + String.join(", ", missing)
                    + "; what the console said:\n" + answer.strip());
        }
        return "restore jobid=" + jobs.keySet().stream().map(String::valueOf).collect(Collectors.joining(","))
                + " all done";
    }
}
