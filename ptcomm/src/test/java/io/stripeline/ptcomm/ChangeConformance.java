package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.peer.AccurateList;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.RecordedFile;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules 27 and 31 of the conformance checklist: jobs that are based on others. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ChangeConformance {
    @TempDir
    protected Path work;

    Path tree;

    protected abstract BackendUnderTest backend();

    protected Stream<Dialect> dialects() {
        return Stream.of(
                Dialect.stock(), Dialect.stockWithoutMetadata(), Dialect.extended(), Dialect.extended(Extensions.NONE));
    }

    /** Empty where jobs know what changed; else why these tests are skipped. */
    protected abstract String whyNot();

    @BeforeEach
    void plant() throws IOException {
        String reason = whyNot();
        assumeTrue(reason.isEmpty(), reason);
        tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(
                tree,
                Tree.root(
                        Tree.file("same", Content.of("same")),
                        Tree.file("written", Content.of("before")),
                        Tree.file("chmod", Content.of("mode")),
                        Tree.file("back", Content.of("mtime")),
                        Tree.file("removed", Content.of("r")),
                        Tree.file("blank ", Content.of("b")),
                        Tree.symlink("link", "same"),
                        Tree.file("one", Content.of("two names")),
                        Tree.hardLink("two", "one"),
                        Tree.dir("moved", Tree.file("inside", Content.of("i"))),
                        Tree.dir("emptied", Tree.file("last", 3), Tree.dir("sub"))));
    }

    @AfterEach
    void clear() {
        if (tree != null) {
            DiskTree.clear(tree);
        }
    }

    /** Starts in a second in which nothing was written. */
    private static long nextSecond() {
        long now = System.currentTimeMillis() / 1000;
        try {
            Thread.sleep((now + 1) * 1000 + 100 - System.currentTimeMillis());
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
        return now + 1;
    }

    private void change() throws IOException {
        DiskTree.replace(tree, "written", Tree.file("written", Content.of("after")));
        Files.setPosixFilePermissions(
                tree.resolve("chmod"), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Files.setLastModifiedTime(tree.resolve("back"), java.nio.file.attribute.FileTime.fromMillis(1_000_000));
        DiskTree.remove(tree, "removed");
        DiskTree.add(tree, "", Tree.file("added", Content.of("new")));
        Files.move(tree.resolve("moved"), tree.resolve("elsewhere"));
        DiskTree.remove(tree, "emptied/last");
        DiskTree.remove(tree, "emptied/sub");
    }

    private JobSettings full() {
        return Conversation.job("full", work);
    }

    private List<String> filesOf(RecordedJob job) {
        return job.files().stream()
                .map(RecordedFile::head)
                .filter(head -> head.stat().type() != 'D')
                .map(head -> new String(head.name(), StandardCharsets.UTF_8)
                        .substring(tree.toString().length() + 1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void rule31_anIncrementalSendsWhatChanged(Dialect dialect) throws IOException {
        Conversation with = new Conversation(backend(), dialect);
        long since = nextSecond();
        with.backup(full(), Conversation.words(tree), FileDaemon.ANY).close();
        nextSecond();
        change();
        JobSettings next = Conversation.job("incremental", work).basedOn(Level.INCREMENTAL, since, full().name());
        try (RecordedJob job = with.backup(next, Conversation.words(tree), FileDaemon.ANY)) {
            assertThat(filesOf(job))
                    .contains("written", "chmod", "back", "added")
                    .doesNotContain("same", "link", "one");
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void rule31_anAccurateIncrementalMentionsAllThatIsThere(Dialect dialect) throws IOException {
        Conversation with = new Conversation(backend(), dialect);
        long since = nextSecond();
        try (RecordedJob before = with.backup(full(), Conversation.words(tree), FileDaemon.ANY)) {
            nextSecond();
            change();
            AccurateList list = AccurateList.of(List.of(before));
            Recording recording = Recording.inMemory(dialect);
            Conversation.good(
                    with.peer()
                            .backup(
                                    Conversation.job("incremental", work)
                                            .basedOn(Level.INCREMENTAL, since, full().name())
                                            .withAccurate(true),
                                    Conversation.words(tree),
                                    recording,
                                    list),
                    Result.OK);
            try (RecordedJob job = recording.job()) {
                assertThat(filesOf(job))
                        .contains("written", "chmod", "back", "added", "elsewhere/inside")
                        .doesNotContain("same", "link");
                String top = tree + "/";
                assertThat(list.deleted().stream().map(name -> new String(name, StandardCharsets.UTF_8)))
                        .containsExactlyInAnyOrder(
                                top + "removed",
                                top + "moved/",
                                top + "moved/inside",
                                top + "emptied/last",
                                top + "emptied/sub/");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void rule31_anAccurateFullSendsAll(Dialect dialect) throws IOException {
        Conversation with = new Conversation(backend(), dialect);
        try (RecordedJob job = with.backup(full().withAccurate(true), Conversation.words(tree), FileDaemon.ANY)) {
            assertThat(filesOf(job)).hasSize(11);
        }
    }
}
