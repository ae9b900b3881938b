package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.TreeFacts;
import io.stripeline.testkit.TreeFacts.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lab, driven through its scripts: up once for all tests, with a work directory and ports of its own beside those of
 * whoever tries things by hand. Jobs, trees and targets are named by the test, so that tests disturb each other nowhere.
 */
final class BaculaLab {
    private static final String SWITCH = "stripeline.bacula";
    private static final String HINT = "Bacula's daemons: not run. As root: mvn verify -D" + SWITCH + "=true";
    private static final Pattern QUEUED = Pattern.compile("Job queued\\. JobId=([0-9]+)");
    private static @Nullable BaculaLab running;

    private final Path checkout = Path.of("").toAbsolutePath().getParent();
    private final Path scripts = checkout.resolve("examples/bacula");
    private final Path root = Path.of(System.getenv().getOrDefault("LAB_ROOT", "/opt/stripeline-lab/bacula"));
    private final Path work = Path.of(System.getenv().getOrDefault("LAB_IT_WORK", "/opt/stripeline-lab/bacula-it"));
    private final String port = System.getenv().getOrDefault("LAB_IT_PORT", "29401");

    private final WatchedBackend watched;
    private String backend = "";

    private BaculaLab() throws Exception {
        Path directory = work.resolve("backend");
        run(List.of("rm", "-rf", directory.toString()), "");
        Files.createDirectories(directory);
        watched = new WatchedBackend(directory, checkout.resolve("ptcomm/src/packaging/stripeline-backend"));
        backend = started(watched.command());
    }

    private static String started(Path command) {
        return "STRIPELINE_BACKEND=" + command;
    }

    /** The lab, started where it is not; tests are skipped without the switch. */
    static synchronized BaculaLab up() throws Exception {
        if (!Boolean.getBoolean(SWITCH)) {
            System.out.println(HINT);
        }
        assumeTrue(Boolean.getBoolean(SWITCH), HINT);
        if (running == null) {
            BaculaLab lab = new BaculaLab();
            lab.script("up");
            Path plugin = lab.plugin();
            Files.createDirectories(plugin.getParent());
            lab.run(List.of(lab.checkout.resolve("ptcomm/src/main/c/build").toString(), plugin.toString()), "");
            lab.load(plugin, false);
            lab.configure("pools", """
                    Pool {
                      Name = LabNext
                      Pool Type = Backup
                      Label Format = "Next-"
                      Maximum Volume Jobs = 1
                      Recycle = no
                      AutoPrune = no
                      Volume Retention = 1 year
                      Storage = LabStorage
                    }
                    """);
            running = lab;
        }
        return running;
    }

    /** A fresh directory for the tree of a test. */
    Path tree(String name) throws Exception {
        return fresh(work.resolve("data").resolve(name));
    }

    /** A fresh directory to restore into. */
    Path target(String name) throws Exception {
        return fresh(work.resolve("restore").resolve(name));
    }

    private Path fresh(Path directory) throws Exception {
        run(List.of("rm", "-rf", directory.toString()), "");
        return Files.createDirectories(directory);
    }

    /** A tree of everything that a backup tends to lose. */
    Path hostile(String name) throws Exception {
        Path tree = tree(name);
        plantHostile(tree);
        return tree;
    }

    /** The same in a directory that may not be there yet. */
    void plantHostile(Path tree) throws Exception {
        inside("mkhostile", tree.toString());
    }

    /**
     * Equal field by field, the top directories included: kinds, content, attributes to the nanosecond, device numbers,
     * link groups, xattrs and ACLs, flags, project ids. Holes are holes again; zeros may have become holes as well, which
     * is why the count of blocks is not compared.
     */
    void assertSame(Path one, Path other) {
        TreeFacts expected = facts(one);
        TreeFacts actual = facts(other);
        expected.assertSame(actual, Field.SPARSE);
        expected.assertHolesKept(actual);
    }

    /** The facts of a tree that has something in it. */
    private TreeFacts facts(Path tree) {
        TreeFacts facts = DiskFacts.of(seenByDaemons(tree));
        assertThat(facts.paths()).as(tree.toString()).hasSizeGreaterThan(1);
        return facts;
    }

    /** What is left of a file in seconds of time, which is all that Bacula keeps without our extension. */
    void assertAlike(Path one, Path other) throws Exception {
        inside("treecmp", one.toString(), other.toString());
    }

    /** A job and its FileSet: items are absolute paths or plugin commands; -o and -j as add-job has them. */
    void define(String job, String... items) throws Exception {
        List<String> line = new ArrayList<>(List.of("add-job", job));
        line.addAll(Arrays.asList(items));
        script(line.toArray(new String[0]));
    }

    /** Resources of the Director, in its own words. */
    void configure(String name, String resources) throws Exception {
        Files.writeString(work.resolve("conf.d").resolve(name + ".conf"), resources);
        assertThat(console("reload")).doesNotContainIgnoringCase("error");
    }

    /** Commands of the console; its answer. */
    String console(String... lines) throws Exception {
        return run(List.of(scripts.resolve("bconsole").toString()), String.join("\n", lines) + "\n");
    }

    /** Starts a job and does not wait. */
    int start(String job, String level, String... more) throws Exception {
        String line = "run job=\"" + job + "\" level=" + level + " " + String.join(" ", more) + " yes";
        return queued(console(line));
    }

    private static int queued(String answer) {
        Matcher matcher = QUEUED.matcher(answer);
        int id = 0;
        while (matcher.find()) {
            id = Integer.parseInt(matcher.group(1));
        }
        assertThat(id).as(answer).isPositive();
        return id;
    }

    JobResult run(String job, String level, String... more) throws Exception {
        return end(start(job, level, more));
    }

    /** Waits for the end of a job. */
    JobResult end(int id) throws Exception {
        console("wait jobid=" + id);
        String[] row = sql("select JobStatus, JobFiles, JobBytes, JobErrors from Job where JobId=" + id)
                .strip()
                .split("\\|");
        String log = sql("select LogText from Log where JobId=" + id + " order by LogId");
        return new JobResult(id, row[0], Long.parseLong(row[1]), Long.parseLong(row[2]), Integer.parseInt(row[3]), log);
    }

    /** The state after these jobs, everything. Options as the console's restore has them: where=, replace=... */
    JobResult restore(List<Integer> jobs, String... options) throws Exception {
        return end(startRestore(jobs, options));
    }

    /** The same, without waiting. */
    int startRestore(List<Integer> jobs, String... options) throws Exception {
        return queued(console(restoreOf(jobs, options) + " all done yes"));
    }

    /** Some of it: files and directories by their absolute paths, as one marks them in the console. */
    JobResult restoreSome(List<Integer> jobs, List<Path> marked, String... options) throws Exception {
        List<String> lines = new ArrayList<>(List.of(restoreOf(jobs, options)));
        for (Path one : marked) {
            lines.add("cd \"" + one.getParent() + "\"");
            lines.add("mark \"" + one.getFileName() + "\"");
        }
        lines.addAll(List.of("done", "yes"));
        return end(queued(console(lines.toArray(new String[0]))));
    }

    /** Some of it: files by a list of their names. */
    JobResult restoreListed(int job, List<Path> files, String... options) throws Exception {
        Path list = work.resolve("data/names-of-" + job);
        Files.write(list, files.stream().map(Path::toString).toList());
        return end(queued(console(restoreOf(List.of(job), options) + " file=<" + list + " done yes")));
    }

    private String restoreOf(List<Integer> jobs, String... options) throws Exception {
        TreeSet<Integer> all = new TreeSet<>();
        for (int job : jobs) {
            all.add(job);
            for (String line : console(".bvfs_get_jobids jobid=" + job).split("\n")) {
                if (line.matches("[0-9]+(,[0-9]+)*")) {
                    Arrays.stream(line.split(",")).map(Integer::valueOf).forEach(all::add);
                }
            }
        }
        String ids = all.stream().map(String::valueOf).collect(Collectors.joining(","));
        return "restore restorejob=LabRestore client=lab-fd jobid=" + ids + " " + String.join(" ", options);
    }

    /** The volume of a job, which no other job writes to. */
    Path volume(int job) throws Exception {
        String name = sql("select distinct VolumeName from JobMedia join Media using (MediaId) where JobId=" + job);
        return seenByDaemons(work.resolve("volumes").resolve(name.strip()));
    }

    boolean hasEnded(int job) throws Exception {
        return !sql("select RealEndTime from Job where RealEndTime is not null and JobId=" + job)
                .isBlank();
    }

    /** Open descriptors of a daemon. */
    long descriptors(String daemon) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc", daemon(daemon).pid() + "", "fd"))) {
            return all.count();
        }
    }

    /** One query to the catalog. */
    String sql(String query) throws Exception {
        return run(List.of(scripts.resolve("sql").toString(), query), "");
    }

    /** Names that a job has in the catalog below a prefix, sorted; deleted ones with a minus. */
    List<String> names(int job, Path below) throws Exception {
        return sql("select case when FileIndex > 0 then '' else '-' end || Path || Filename from File join Path using"
                        + " (PathId) where JobId=" + job)
                .lines()
                .filter(line -> line.replaceFirst("^-", "").startsWith(below.toString()))
                .map(line -> line.replaceFirst(Pattern.quote(below.toString()), ""))
                .sorted()
                .toList();
    }

    /** Processes that the File daemon has started for a job and that are there. */
    List<ProcessHandle> backends(int job) throws IOException {
        return daemon("bacula-fd")
                .children()
                .filter(child -> isOf(child.pid(), job))
                .toList();
    }

    /** A daemon of the lab by its pid file. */
    ProcessHandle daemon(String name) throws IOException {
        try (Stream<Path> pids = Files.list(work.resolve("run"))) {
            Path file = pids.filter(path -> path.getFileName().toString().startsWith(name + "."))
                    .findFirst()
                    .orElseThrow();
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                    .orElseThrow();
        }
    }

    private static boolean isOf(long pid, int job) {
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
            return List.of(new String(environment, StandardCharsets.ISO_8859_1).split("\0"))
                    .contains("BACULA_JOBID=" + job);
        } catch (IOException gone) {
            return false;
        }
    }

    /** Path of something in the work directory as the daemons' chroot has it on the host. */
    Path seenByDaemons(Path path) {
        return Path.of(root + path.toString());
    }

    /** What {@code stripeline shards} answers when it asks the console. */
    String shards(List<String> jobs) throws Exception {
        List<String> line =
                new ArrayList<>(List.of(checkout.resolve("stripeline").toString(), "shards"));
        line.addAll(jobs);
        line.addAll(List.of("--console", scripts.resolve("bconsole").toString()));
        return run(line, "");
    }

    String script(String... line) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(line));
        words.set(0, scripts.resolve(line[0]).toString());
        return run(words, "");
    }

    /** A command in the daemons' chroot. */
    String inChroot(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "chroot",
                root.toString(),
                "/usr/bin/env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8"));
        line.addAll(Arrays.asList(words));
        return run(line, "");
    }

    /** Restarts the File daemon with a plugin; the backend is the one of this checkout, or what the plugin starts by itself. */
    void load(Path plugin, boolean installed) throws Exception {
        backend = installed ? "" : started(watched.command());
        script("plugin", "add", plugin.toString());
    }

    /** Restarts the File daemon with another command as the backend; none for the one of this checkout. */
    void loadBackend(@Nullable Path command) throws Exception {
        backend = started(command == null ? watched.command() : command);
        script("plugin", "restart");
    }

    /** What {@link #load} and {@link #loadBackend} start, where nothing else is said. */
    WatchedBackend watched() {
        return watched;
    }

    /** Where the test puts what the daemons have to see. */
    Path work() {
        return work;
    }

    Path plugin() {
        return work.resolve("built/stripeline-fd.so");
    }

    Path checkout() {
        return checkout;
    }

    /** A script of the lab, run where its tools are. */
    private void inside(String script, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "chroot",
                root.toString(),
                "/usr/bin/env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8",
                "bash",
                "-s",
                "--"));
        line.addAll(Arrays.asList(words));
        run(line, Files.readString(scripts.resolve(script)));
    }

    /** Standard output of a command that has to succeed. */
    String run(List<String> line, String input) throws Exception {
        Path in = Files.createTempFile("stripeline-lab-", ".in");
        Path out = Files.createTempFile("stripeline-lab-", ".out");
        Path err = Files.createTempFile("stripeline-lab-", ".err");
        try {
            Files.writeString(in, input);
            ProcessBuilder process = new ProcessBuilder(line)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            process.environment().put("LAB_ROOT", root.toString());
            process.environment().put("LAB_WORK", work.toString());
            process.environment().put("LAB_BIND", checkout.toString());
            process.environment().put("LAB_PORT", port);
            process.environment().put("LAB_FD_ENV", backend);
            int status = process.start().waitFor();
            String answer = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
            assertThat(status)
                    .as(() -> line + "\n" + answer + new String(bytes(err), StandardCharsets.UTF_8))
                    .isZero();
            return answer;
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            return failed.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** What this job alone has saved, whatever it builds on. */
    JobResult restoreAlone(int job, String... options) throws Exception {
        return end(queued(console("restore restorejob=LabRestore client=lab-fd jobid=" + job + " "
                + String.join(" ", options) + " all done yes")));
    }
}
