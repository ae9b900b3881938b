package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Processes;
import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes into a tree with times from before the base job: nothing of it changed, and nothing of it is saved yet. */
@Timeout(120)
final class ChangedSelectionTest {
    private static final Dialect DIALECT = Dialect.extended();

    @TempDir
    private Path work;

    private final ArrayDeque<Path> mounted = new ArrayDeque<>();
    private Path tree;
    private Path other;
    private Path config;
    private List<String> infos = List.of();
    private final List<String> more = new ArrayList<>();

    @BeforeEach
    void plant() throws Exception {
        tree = Files.createDirectory(work.resolve("tree"));
        other = Files.createDirectory(work.resolve("other"));
        config = work.resolve("stripeline.toml");
        Files.createFile(config);
        DiskTree.create(
                tree,
                Tree.root(Tree.file("f", 1), Tree.dir("d", Tree.file("covered", 1)), Tree.dir("p", Tree.file("g", 1))));
        DiskTree.create(other, Tree.root(Tree.file("old", 1), Tree.dir("sub", Tree.file("deep", Content.of("deep")))));
    }

    @AfterEach
    void unmount() throws Exception {
        while (!mounted.isEmpty()) {
            run("umount", mounted.pop().toString());
        }
    }

    /** Until all that was made is older than what a clock tick can hide. */
    private static void settle() {
        Instant now = Instant.now();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Duration.between(now, Instant.now()).toMillis() > 3_100);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
    }

    private void bind(Path from, Path to) throws Exception {
        run("mount", "--bind", from.toString(), to.toString());
        mounted.push(to);
    }

    /** A filesystem of its own with old files in it. */
    private Path tmpfs(String name, String file) throws Exception {
        Path at = Files.createDirectory(work.resolve(name));
        run("mount", "-t", "tmpfs", "stripeline-" + name, at.toString());
        mounted.push(at);
        Files.writeString(at.resolve(file), "old");
        return at;
    }

    private static void needsMounts() {
        assumeTrue(Processes.isRoot(), "mounting needs root");
    }

    private List<String> job(JobSettings settings) throws Exception {
        Recording recording = Recording.inMemory(DIALECT);
        JobReport report = new PluginPeer(DIALECT, new BackendInProcess().start())
                .backup(
                        settings.withDirectories(work.toString(), work + "/", "/usr/sbin/"),
                        PluginPeer.parameters(
                                Stream.concat(Stream.of("path=" + tree, "config=" + config), more.stream())
                                        .toArray(String[]::new)),
                        recording);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        infos = report.texts(Status.INFO);
        try (RecordedJob job = recording.job()) {
            return job.names().stream()
                    .map(name -> name.substring(
                            name.startsWith(tree + "/") ? tree.toString().length() : 0))
                    .sorted()
                    .toList();
        }
    }

    private List<String> full() throws Exception {
        settle();
        return job(JobSettings.named("full"));
    }

    private List<String> incremental(String name, String base) throws Exception {
        return job(JobSettings.named(name)
                .basedOn(JobBlock.Level.INCREMENTAL, Instant.now().getEpochSecond(), base));
    }

    /** The next one has nothing to send. */
    private void assertSettled(String base) throws Exception {
        assertThat(incremental("last", base)).isEmpty();
    }

    @Test
    void whatTheConfigurationFileNoLongerExcludes() throws Exception {
        Files.writeString(config, "exclude = \"p\"\n");
        assertThat(full()).doesNotContain("/p/", "/p/g");
        assertThat(incremental("second", "full")).isEmpty();
        Files.writeString(config, "");
        assertThat(incremental("third", "second")).contains("/p/", "/p/g", "/f");
        assertThat(infos).anyMatch(line -> line.contains("everything, since the base job was told to save something"));
        assertSettled("third");
    }

    @Test
    void attributesThatTheConfigurationFileNoLongerLeavesOut() throws Exception {
        Files.writeString(config, "xattrs = \"no\"\n");
        full();
        Files.writeString(config, "workers = 3\n");
        assertThat(incremental("second", "full")).contains("/p/g", "/f");
        Files.writeString(config, "workers = 4\n");
        assertSettled("second");
    }

    /** As with {@code Ignore FileSet Changes}: bacula-fd makes no full backup of it. */
    @Test
    void aPathThatTheCommandHasSince() throws Exception {
        full();
        more.add("path=" + other);
        assertThat(incremental("second", "full")).contains("/p/g", other + "/old", other + "/sub/deep");
        assertThat(infos).anyMatch(line -> line.contains("the plugin command of the base job was another one"));
        assertSettled("second");
    }

    /** Renamed away under the scan, with all that has changed in it, and back after the job. */
    @Test
    void whatWasGoneWhileItWasSaved() throws Exception {
        more.add("fs=broken");
        Files.writeString(tree.resolve("p/passing"), "old");
        full();
        Files.writeString(tree.resolve("p/passing"), "new");
        settle();
        Path away = Files.createFile(work.resolve("away"));
        assertThat(incremental("second", "full")).isEmpty();
        Files.delete(away);
        settle();
        assertThat(incremental("third", "second")).containsExactly("/p/passing");
        assertSettled("third");
    }

    @Test
    void anotherFilesystemThatIsMountedSince() throws Exception {
        needsMounts();
        Path there = tmpfs("there", "old");
        assertThat(full()).contains("/d/", "/d/covered");
        bind(there, tree.resolve("d"));
        assertThat(incremental("second", "full")).containsExactly("/d/", "/d/old");
        assertSettled("second");
    }

    @Test
    void aDirectoryOfTheSameFilesystemThatIsMountedSince() throws Exception {
        needsMounts();
        full();
        bind(other, tree.resolve("d"));
        assertThat(incremental("second", "full")).containsExactly("/d/", "/d/old", "/d/sub/", "/d/sub/deep");
        assertSettled("second");
    }

    @Test
    void whatAMountHadCovered() throws Exception {
        needsMounts();
        bind(other, tree.resolve("d"));
        assertThat(full()).contains("/d/old").doesNotContain("/d/covered");
        assertThat(incremental("second", "full")).isEmpty();
        run("umount", mounted.pop().toString());
        assertThat(incremental("third", "second")).containsExactly("/d/", "/d/covered");
        assertSettled("third");
    }

    @Test
    void oneFilesystemInThePlaceOfAnother() throws Exception {
        needsMounts();
        Path one = tmpfs("one", "of one");
        Path two = tmpfs("two", "of two");
        bind(one, tree.resolve("d"));
        assertThat(full()).contains("/d/of one");
        assertThat(incremental("second", "full")).isEmpty();
        run("umount", mounted.pop().toString());
        bind(two, tree.resolve("d"));
        assertThat(incremental("third", "second")).containsExactly("/d/", "/d/of two");
        assertSettled("third");
    }

    @Test
    void aTreeWhoseFilesystemWasNotMountedYet() throws Exception {
        needsMounts();
        Path there = tmpfs("there", "old");
        DiskTree.clear(tree);
        assertThat(full()).containsExactly("/");
        bind(there, tree);
        assertThat(incremental("second", "full")).containsExactly("/", "/old");
        assertThat(infos).anyMatch(line -> line.contains("another filesystem stood there when the base job ran"));
        assertSettled("second");
    }
}
