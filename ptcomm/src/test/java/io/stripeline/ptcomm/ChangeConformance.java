package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.peer.AccurateList;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.RecordedFile;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
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

    private Path tree;
    private Path target;

    /** Two seconds that a backend may allow for, and the rest of one in which a file was written. */
    private static final int CLOCKS_MILLIS = 3_100;

    protected abstract BackendUnderTest backend();

    protected Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended(), Dialect.extended(Extensions.ALL.without(Cap.BATCH)));
    }

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        target = Files.createDirectory(work.resolve("target"));
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
        DiskTree.clear(tree);
        DiskTree.clear(target);
    }

    /** Waits until what was written is older than what the ticks of clocks can hide; the time now. */
    private static long settled() {
        try {
            Thread.sleep(CLOCKS_MILLIS);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
        return System.currentTimeMillis() / 1000;
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
        long since = settled();
        with.backup(full(), Conversation.words(tree), FileDaemon.ANY).close();
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
        long since = settled();
        try (RecordedJob before = with.backup(full(), Conversation.words(tree), FileDaemon.ANY)) {
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
            try (RecordedJob job = recording.deleted(list.deleted()).job()) {
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
                with.restore(
                        Conversation.job("restore", work).withWhere(target.toString()),
                        Conversation.words(tree),
                        Replay.of(before, job));
                DiskFacts.of(tree)
                        .assertSame(DiskFacts.of(target.resolve(tree.toString().substring(1))));
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
