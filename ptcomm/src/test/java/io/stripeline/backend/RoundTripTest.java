package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.RandomTrees;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tree through a backup and a restore of the real backend, with plugins of each kind. */
@Timeout(120)
final class RoundTripTest {
    @TempDir
    private Path work;

    private Path from;
    private Path to;

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.stockWithoutMetadata(), Dialect.extended());
    }

    @BeforeEach
    void makeDirectories() throws Exception {
        from = Files.createDirectories(work.resolve("from"));
        to = Files.createDirectories(work.resolve("to"));
    }

    @AfterEach
    void clear() {
        DiskTree.clear(from);
        DiskTree.clear(to);
    }

    private JobSettings settings(String name) {
        return JobSettings.named(name).withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private RecordedJob backup(Dialect dialect) throws Exception {
        Recording recording = Recording.inMemory(dialect);
        JobReport report = new PluginPeer(dialect, new BackendInProcess().start())
                .backup(settings("full.2026"), PluginPeer.parameters(words(dialect)), recording);
        report.orThrow();
        assertThat(report.texts(Status.FILE_ERROR)).isEmpty();
        return recording.job();
    }

    private String[] words(Dialect dialect) {
        return dialect.metadata() && !dialect.ours()
                ? new String[] {"path=" + from, "metadata=yes"}
                : new String[] {"path=" + from};
    }

    private JobReport restore(Dialect dialect, JobSettings settings, Replay replay) throws Exception {
        return new PluginPeer(dialect, new BackendInProcess().start())
                .restore(settings, PluginPeer.parameters(words(dialect)), replay)
                .orThrow();
    }

    private void roundTrip(Dialect dialect, Tree tree) throws Exception {
        DiskTree.create(from, tree);
        TreeFacts before = DiskFacts.of(from);
        try (RecordedJob job = backup(dialect)) {
            JobReport report = restore(dialect, settings("restore.2026").withWhere(to.toString()), Replay.of(job));
            assertThat(report.texts(Status.FILE_ERROR)).isEmpty();
            before.assertSame(DiskFacts.of(to.resolve(from.toString().substring(1))));
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void kindsAndNames(Dialect dialect) throws Exception {
        roundTrip(
                dialect,
                Tree.root(
                        Tree.file("empty", 0),
                        Tree.file("small", Content.of("small")).mtime(-5, 7).mode(04750),
                        Tree.file("long", Content.random(3, 3 << 20)).mtime(1_000_000_000, 999_999_999),
                        Tree.file(
                                "sparse",
                                Content.of("x").then(Content.hole(40 << 20)).then(Content.of("y"))),
                        Tree.file("ends in a hole", Content.of("x").then(Content.hole(5 << 20))),
                        Tree.file("only a hole", Content.hole(5 << 20)),
                        Tree.file("trailing blank ", Content.of("blank")),
                        Tree.file("back\\slash and tab\t", Content.of("tab")),
                        Tree.file("two\nlines\n", Content.of("lines")),
                        Tree.file(new byte[] {'a', (byte) 0xFE, (byte) 0xFF}, Content.of("not UTF-8")),
                        Tree.symlink("link", "small"),
                        Tree.symlink("dangling", "/nowhere "),
                        Tree.fifo("fifo"),
                        Tree.dir(
                                        "dir ",
                                        Tree.file("f", 1),
                                        Tree.dir("deeper", Tree.file("f", 1)).mode(0700))
                                .mode(0500)
                                .mtime(5, 6),
                        Tree.dir("a"),
                        Tree.file("a-b", 1)));
    }

    /** With a stock plugin each blank is four bytes and each backslash two: longer than a name of a filesystem may be. */
    @ParameterizedTest
    @MethodSource("dialects")
    void namesThatAreTooLongWhileTheyAreEscaped(Dialect dialect) throws Exception {
        String blanks = "b" + " ".repeat(254);
        String slashes = "\\".repeat(254) + "\n";
        roundTrip(
                dialect,
                Tree.root(
                        Tree.file(blanks, Content.of("blanks")),
                        Tree.symlink(slashes, "x".repeat(300) + " ".repeat(900)),
                        Tree.dir("d".repeat(255), Tree.file("long" + " ".repeat(251), Content.random(4, 3 << 20))),
                        Tree.dir("linked", Tree.hardLink("l" + "\t".repeat(254), blanks))));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void aRandomTree(Dialect dialect) throws Exception {
        roundTrip(dialect, RandomTrees.of(new SplittableRandom(7), 200));
    }
}
