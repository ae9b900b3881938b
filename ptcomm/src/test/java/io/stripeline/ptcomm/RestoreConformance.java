package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.JobBlock.Replace;
import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of the conformance checklist for restores, 33 to 43: what was saved in one dialect comes back through the
 * same or another one as it was. Rules 33, 40 and the form of every answer are held by the peer.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RestoreConformance {
    @TempDir
    protected Path work;

    Path tree;
    Path target;

    protected abstract BackendUnderTest backend();

    /** What makes the backups that are restored. */
    protected BackendUnderTest saver() {
        return backend();
    }

    /** Dialect of the backup, dialect of the restore. */
    protected Stream<Arguments> dialects() {
        return Stream.of(
                Arguments.of(Dialect.stock(), Dialect.stock()),
                Arguments.of(Dialect.stockWithoutMetadata(), Dialect.stockWithoutMetadata()),
                Arguments.of(Dialect.extended(), Dialect.extended()),
                Arguments.of(Dialect.extended(), Dialect.extended(Extensions.ALL.without(Cap.ASYNC))),
                Arguments.of(Dialect.extended(Extensions.NONE), Dialect.extended()),
                Arguments.of(Dialect.stock(), Dialect.extended()),
                Arguments.of(Dialect.extended(), Dialect.stock()));
    }

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        target = Files.createDirectory(work.resolve("target"));
        DiskTree.create(tree, RichTree.tree());
    }

    @AfterEach
    void clear() {
        DiskTree.clear(tree);
        DiskTree.clear(target);
    }

    private JobSettings job(String name) {
        return Conversation.job(name, work);
    }

    private JobSettings below(Path prefix) {
        return job("restore").withJobId(2).withWhere(prefix.toString());
    }

    private Conversation in(Dialect dialect) {
        return new Conversation(backend(), dialect);
    }

    private RecordedJob saved(Dialect dialect) throws IOException {
        return new Conversation(saver(), dialect)
                .backup(job("backup"), Conversation.words(dialect, tree), FileDaemon.ANY);
    }

    private static Predicate<byte[]> endsIn(String... ends) {
        return name -> Stream.of(ends).anyMatch(new String(name, StandardCharsets.ISO_8859_1)::endsWith);
    }

    /** Where a tree comes back below a prefix. */
    private Path placed() {
        return target.resolve(tree.toString().substring(1));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void rules34to39_aTreeComesBackAsItWas(Dialect saving, Dialect restoring) throws IOException {
        TreeFacts facts = DiskFacts.of(tree);
        try (RecordedJob job = saved(saving)) {
            in(restoring).restore(below(target), Conversation.words(saving, tree), Replay.of(job));
        }
        facts.assertSame(DiskFacts.of(placed()));
    }

    @Test
    void rule36_inPlaceWithAllParentsMissing() throws IOException {
        TreeFacts facts = DiskFacts.of(tree);
        try (RecordedJob job = saved(Dialect.stock())) {
            DiskTree.clear(tree);
            Files.delete(tree);
            in(Dialect.stock())
                    .restore(
                            job("restore").withWhere("/"),
                            Conversation.words(tree),
                            Replay.of(job).select(name -> !endsIn("/tree/").test(name)));
        }
        facts.assertSame(
                DiskFacts.of(tree), TreeFacts.Field.MTIME); // the top is not of the restore, so its time is its own
        assertThat(Files.getLastModifiedTime(tree.resolve("d")).toMillis()).isEqualTo(-5000);
    }

    /** One backend serves two plugin commands, and is told the parameters of the first: the other's path is a symlink. */
    @Test
    void rule36_inPlaceThroughASymlinkInThePathOfAnotherCommand() throws IOException {
        Path real = Files.createDirectory(work.resolve("real"));
        Path named = Files.createSymbolicLink(work.resolve("named"), real);
        Files.writeString(real.resolve("f"), "content");
        Dialect dialect = Dialect.extended();
        try (RecordedJob first = saved(dialect);
                RecordedJob second = new Conversation(saver(), dialect)
                        .backup(job("second"), Conversation.words(named), FileDaemon.ANY)) {
            assertThat(second.objects())
                    .extracting(object -> new String(object.name(), StandardCharsets.US_ASCII))
                    .anyMatch(name -> name.startsWith("stripeline-trees."));
            Files.delete(real.resolve("f"));
            in(dialect).restore(job("restore").withWhere("/"), Conversation.words(tree), Replay.of(first, second));
        }
        assertThat(real.resolve("f")).hasContent("content");
        assertThat(Files.isSymbolicLink(named)).isTrue();
    }

    @Test
    void rule36_namesThatWereChangedAreTakenAsTheyCome() throws IOException {
        try (RecordedJob job = saved(Dialect.stock())) {
            Replay renamed = Replay.of(job)
                    .select(endsIn("/small", "/small2"))
                    .rename(name -> (target + "/renamed/"
                                    + RawPath.printable(RawPath.of(name).name()))
                            .getBytes(StandardCharsets.UTF_8));
            in(Dialect.stock())
                    .restore(job("restore").withRegexWhere("!.*/!" + target + "/renamed/!"), List.of(), renamed);
        }
        assertThat(Files.readString(target.resolve("renamed/small"))).isEqualTo("hello world");
        assertThat(Files.getAttribute(target.resolve("renamed/small2"), "unix:nlink"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALWAYS", "IF_NEWER", "IF_OLDER", "NEVER"})
    void rule37_replace(String word) throws IOException {
        Replace rule = Replace.valueOf(word);
        DiskTree.add(tree, "", Tree.file("old", Content.of("saved")).mtime(1_000, 0));
        DiskTree.add(tree, "", Tree.file("new", Content.of("saved")).mtime(2_000_000_000, 0));
        DiskTree.add(tree, "", Tree.file("missing", Content.of("saved")));
        try (RecordedJob job = saved(Dialect.stock())) {
            DiskTree.replace(tree, "old", Tree.file("old", Content.of("there")).mtime(1_000_000, 0));
            DiskTree.replace(tree, "new", Tree.file("new", Content.of("there")).mtime(1_000_000, 0));
            DiskTree.remove(tree, "missing");
            in(Dialect.stock())
                    .restore(
                            job("restore").withReplace(rule),
                            Conversation.words(tree),
                            Replay.of(job).select(endsIn("/old", "/new", "/missing")));
        }
        boolean always = rule == Replace.ALWAYS;
        assertThat(Files.readString(tree.resolve("old")))
                .isEqualTo(always || rule == Replace.IF_OLDER ? "saved" : "there");
        assertThat(Files.readString(tree.resolve("new")))
                .isEqualTo(always || rule == Replace.IF_NEWER ? "saved" : "there");
        assertThat(Files.readString(tree.resolve("missing"))).isEqualTo("saved");
    }

    /** The content is another name's, which was not chosen: whatever comes back, it is not a lie. */
    @Test
    void rule38_aHardLinkWhoseFileWasNotChosen() throws IOException {
        try (RecordedJob job = saved(Dialect.stock())) {
            String other = job.files().stream()
                    .filter(file -> file.head().stat().type() == 'L')
                    .map(file ->
                            RawPath.printable(RawPath.of(file.head().name()).name()))
                    .findFirst()
                    .orElseThrow();
            JobReport report = Conversation.good(
                    in(Dialect.stock())
                            .peer()
                            .restore(
                                    below(target),
                                    Conversation.words(tree),
                                    Replay.of(job).select(endsIn("/" + other))),
                    Result.WITH_ERRORS);
            assertThat(report.texts(Status.FILE_ERROR)).anyMatch(line -> line.contains(other));
            assertThat(placed().resolve(other)).doesNotExist();
        }
    }

    @Test
    void rule42_whatFailsIsAMessageAndTheRestComesBack() throws IOException {
        try (RecordedJob job = saved(Dialect.stock())) {
            Files.createDirectories(placed().resolve("small/full"));
            JobReport report = Conversation.good(
                    in(Dialect.stock())
                            .peer()
                            .restore(
                                    below(target),
                                    Conversation.words(tree),
                                    Replay.of(job).select(endsIn("/small", "/big", "/d/x"))),
                    Result.WITH_ERRORS);
            assertThat(report.texts(Status.FILE_ERROR)).anyMatch(line -> line.contains("small"));
        }
        assertThat(placed().resolve("big")).hasSize(RichTree.BIG_BYTES);
        assertThat(placed().resolve("d/x")).hasSize(10);
    }

    @Test
    void rule43_twoJobsGiveTheNewestOfEachName() throws IOException {
        for (Dialect dialect : List.of(Dialect.stock(), Dialect.extended())) {
            try (RecordedJob first = saved(dialect)) {
                DiskTree.replace(tree, "big", Tree.file("big", Content.of("small now")));
                try (RecordedJob second = saved(dialect)) {
                    DiskTree.clear(target);
                    in(dialect).restore(below(target), Conversation.words(tree), Replay.of(first, second));
                }
            }
            DiskFacts.of(tree).assertSame(DiskFacts.of(placed()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 19, 24, 60, 100})
    void rule11_endsWhereThePluginHangsUpInARestore(int packet) throws IOException {
        try (RecordedJob job = saved(Dialect.stock())) {
            JobReport report = in(Dialect.stock())
                    .peer(Conduct.hangingUpInside(packet))
                    .restore(below(target), Conversation.words(tree), Replay.of(job));
            Conversation.good(report, Result.BROKEN_OFF);
        }
    }

    @Test
    void rule44_isGoneAfterACancelInARestore() throws Exception {
        try (RecordedJob job = saved(Dialect.stock())) {
            PluginPeer peer = in(Dialect.stock()).peer(Conduct.pausing(9, Duration.ofSeconds(2)));
            CompletableFuture<JobReport> report = CompletableFuture.supplyAsync(
                    () -> peer.restore(below(target), Conversation.words(tree), Replay.of(job)));
            Thread.sleep(1000);
            peer.cancel();
            Conversation.good(report.get(), Result.CANCELLED);
        }
    }
}
