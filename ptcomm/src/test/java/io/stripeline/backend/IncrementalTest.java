package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.peer.AccurateList;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the next job sends, and what it does not. */
@Timeout(120)
final class IncrementalTest {
    @TempDir
    private Path work;

    private Path tree;

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    @BeforeEach
    void plant() throws Exception {
        tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(
                tree,
                Tree.root(
                        Tree.file("same", Content.of("same")),
                        Tree.file("changes", Content.of("old")),
                        Tree.file("goes", Content.of("goes")),
                        Tree.file("mtime goes back", Content.of("back")),
                        Tree.dir("dir", Tree.file("below", 1), Tree.dir("deeper", Tree.file("deep", 1))),
                        Tree.dir("other", Tree.file("f", 1))));
        settle();
    }

    /** Until all that was written is older than what a clock tick can hide. */
    private static void settle() {
        Instant now = Instant.now();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Duration.between(now, Instant.now()).toMillis() > 3_100);
    }

    private JobSettings settings(String name) {
        return JobSettings.named(name).withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private RecordedJob run(Dialect dialect, JobSettings settings, FileDaemon daemon, String... more) throws Exception {
        Recording recording = Recording.inMemory(dialect);
        JobReport report = new PluginPeer(dialect, new BackendInProcess().start())
                .backup(settings, PluginPeer.parameters(words(more)), recording, daemon)
                .orThrow();
        assertThat(report.texts(Status.FILE_ERROR)).isEmpty();
        return recording.job();
    }

    private String[] words(String... more) {
        return Stream.concat(Stream.of("path=" + tree), Stream.of(more)).toArray(String[]::new);
    }

    private List<String> names(RecordedJob job) {
        return job.names().stream()
                .map(name -> name.substring(tree.toString().length()))
                .sorted()
                .toList();
    }

    private void change() throws Exception {
        Files.writeString(tree.resolve("changes"), "new");
        Files.writeString(tree.resolve("fresh"), "fresh");
        Files.delete(tree.resolve("goes"));
        Files.setLastModifiedTime(tree.resolve("mtime goes back"), FileTime.fromMillis(1_000));
        Files.move(tree.resolve("dir"), tree.resolve("renamed"));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void byTime(Dialect dialect) throws Exception {
        long start = Instant.now().getEpochSecond();
        run(dialect, settings("job.2026-01-01_00.00.00_01"), FileDaemon.ANY).close();
        change();
        JobSettings next = settings("job.2026-01-02_00.00.00_02")
                .basedOn(JobBlock.Level.INCREMENTAL, start, "job.2026-01-01_00.00.00_01");
        try (RecordedJob job = run(dialect, next, FileDaemon.ANY)) {
            assertThat(names(job))
                    .containsExactly(
                            "/",
                            "/changes",
                            "/fresh",
                            "/mtime goes back",
                            "/renamed/",
                            "/renamed/below",
                            "/renamed/deeper/",
                            "/renamed/deeper/deep");
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void accurately(Dialect dialect) throws Exception {
        long start = Instant.now().getEpochSecond();
        RecordedJob full = run(dialect, settings("job.2026-01-01_00.00.00_01"), FileDaemon.ANY);
        change();
        AccurateList catalog = AccurateList.of(List.of(full));
        JobSettings next = settings("job.2026-01-02_00.00.00_02")
                .basedOn(JobBlock.Level.INCREMENTAL, start, "job.2026-01-01_00.00.00_01")
                .withAccurate(true);
        try (RecordedJob job = run(dialect, next, catalog)) {
            assertThat(names(job))
                    .contains("/changes", "/fresh", "/mtime goes back", "/renamed/below", "/renamed/deeper/deep")
                    .doesNotContain("/same", "/other/f", "/goes");
            assertThat(catalog.deleted())
                    .extracting(
                            name -> new String(name).substring(tree.toString().length()))
                    .containsExactlyInAnyOrder("/goes", "/dir/", "/dir/below", "/dir/deeper/", "/dir/deeper/deep");
        }
        full.close();
    }

    /** A shard enters directories whose own rows are another one's, and has to see that they were renamed. */
    @ParameterizedTest
    @ValueSource(strings = {"hash", "subtree"})
    void whatIsBelowARenamedDirectoryIsSentByItsShards(String by) throws Exception {
        List<Tree> dirs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            dirs.add(Tree.dir("d" + i, Tree.file("f" + i, 1), Tree.dir("e", Tree.file("g" + i, 1))));
        }
        DiskTree.add(tree, "", Tree.dir("projects").children(dirs));
        settle();
        long start = Instant.now().getEpochSecond();
        for (int i = 1; i <= 3; i++) {
            run(Dialect.extended(), settings("full" + i), FileDaemon.ANY, "shard=" + i + "/3", "shard_by=" + by)
                    .close();
        }
        Files.move(tree.resolve("projects"), tree.resolve("renamed"));
        Set<String> sent = new TreeSet<>();
        for (int i = 1; i <= 3; i++) {
            JobSettings next = settings("next" + i).basedOn(JobBlock.Level.INCREMENTAL, start, "full" + i);
            try (RecordedJob job =
                    run(Dialect.extended(), next, FileDaemon.ANY, "shard=" + i + "/3", "shard_by=" + by)) {
                sent.addAll(names(job));
            }
        }
        for (int i = 0; i < 12; i++) {
            assertThat(sent).contains("/renamed/d" + i + "/f" + i, "/renamed/d" + i + "/e/g" + i);
        }
        assertThat(sent).doesNotContain("/same", "/other/f");
    }

    @Test
    void nothingChangedNothingIsSent() throws Exception {
        long start = Instant.now().getEpochSecond();
        run(Dialect.stock(), settings("job.1"), FileDaemon.ANY).close();
        try (RecordedJob job = run(
                Dialect.stock(),
                settings("job.2").basedOn(JobBlock.Level.INCREMENTAL, start, "job.1"),
                FileDaemon.ANY)) {
            assertThat(job.names()).isEmpty();
        }
    }

    @Test
    void aVirtualFullIsFoundByItsTime() throws Exception {
        long start = Instant.now().getEpochSecond();
        run(Dialect.stock(), settings("job.1"), FileDaemon.ANY).close();
        run(Dialect.stock(), settings("job.2").basedOn(JobBlock.Level.INCREMENTAL, start, "job.1"), FileDaemon.ANY)
                .close();
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = new PluginPeer(Dialect.stock(), new BackendInProcess().start())
                .backup(
                        settings("job.3").basedOn(JobBlock.Level.INCREMENTAL, start, "virtual.1"),
                        PluginPeer.parameters("path=" + tree),
                        recording)
                .orThrow();
        assertThat(report.texts(Status.WARNING)).isEmpty();
        recording.job().close();
    }

    @Test
    void anUnknownBaseIsSaid() throws Exception {
        JobReport report = new PluginPeer(Dialect.stock(), new BackendInProcess().start())
                .backup(
                        settings("job.3").basedOn(JobBlock.Level.INCREMENTAL, 1, "never.seen"),
                        PluginPeer.parameters("path=" + tree),
                        Recording.inMemory(Dialect.stock()))
                .orThrow();
        assertThat(report.texts(Status.WARNING))
                .anyMatch(text -> text.contains("no cursor of the base job never.seen"));
    }
}
