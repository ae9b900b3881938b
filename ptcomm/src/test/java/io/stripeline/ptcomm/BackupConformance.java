package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.FileHead;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.peer.RecordedFile;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.NameEscape;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of the conformance checklist for backups, 18 to 32, with a tree that has one of everything. The grammar,
 * 18 to 28, is held by the peer; here is what it cannot know.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackupConformance {
    @TempDir
    protected Path work;

    Path tree;

    protected abstract BackendUnderTest backend();

    /** Stock, with and without metadata; extended with all, all but batches, nothing, and each capability alone. */
    protected Stream<Dialect> dialects() {
        return Stream.concat(
                Stream.of(
                        Dialect.stock(),
                        Dialect.stockWithoutMetadata(),
                        Dialect.extended(),
                        Dialect.extended(Extensions.ALL.without(Cap.BATCH)),
                        Dialect.extended(Extensions.NONE)),
                EnumSet.allOf(Cap.class).stream().map(cap -> Dialect.extended(new Extensions(EnumSet.of(cap)))));
    }

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(tree, RichTree.tree());
    }

    @AfterEach
    void clear() {
        DiskTree.clear(tree);
    }

    private JobSettings job() {
        return Conversation.job("conformance", work);
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void rules18to28_everythingIsSentOnceAsItIs(Dialect dialect) throws IOException {
        TreeFacts facts = DiskFacts.of(tree);
        try (RecordedJob job =
                new Conversation(backend(), dialect).backup(job(), Conversation.words(dialect, tree), FileDaemon.ANY)) {
            Map<ByteBuffer, RecordedFile> byName = new HashMap<>();
            for (RecordedFile file : job.files()) {
                assertThat(byName.put(ByteBuffer.wrap(file.head().name()), file))
                        .as("twice: " + file)
                        .isNull();
            }
            boolean exact = dialect.ours() && !dialect.offer().caps().isEmpty();
            for (RawPath path : facts.paths()) {
                TreeFacts.Fact fact = facts.get(path);
                byte[] name = RawPath.of(tree.toString()).child(path.toBytes()).toBytes();
                boolean directory = fact.type() == FileType.DIRECTORY;
                byte[] wire = directory ? slashed(name) : exact ? name : NameEscape.escape(name);
                RecordedFile file = byName.remove(ByteBuffer.wrap(wire));
                assertThat(file).as("missing: " + path).isNotNull();
                check(path, fact, file, exact);
            }
            assertThat(byName.values()).isEmpty();
        }
    }

    private static byte[] slashed(byte[] name) {
        byte[] out = Arrays.copyOf(name, name.length + 1);
        out[name.length] = '/';
        return out;
    }

    private static void check(RawPath path, TreeFacts.Fact fact, RecordedFile file, boolean exact) {
        FileHead head = file.head();
        assertThat(head.stat().mode() & 07777).as("mode of " + path).isEqualTo(fact.mode() & 07777);
        assertThat(FileType.of(head.stat().mode())).as("type of " + path).isEqualTo(fact.type());
        assertThat(head.stat().uid()).as("owner of " + path).isEqualTo(fact.uid());
        assertThat(head.stat().gid()).as("group of " + path).isEqualTo(fact.gid());
        assertThat(head.times().mtime())
                .as("mtime of " + path)
                .isEqualTo(fact.mtime().seconds());
        if (fact.type() == FileType.REGULAR) {
            assertThat(head.stat().sizeBytes()).as("size of " + path).isEqualTo(fact.sizeBytes());
            long end = head.stat().type() == 'L' ? 0 : fact.sizeBytes();
            assertThat(file.content().length).as("content of " + path).isEqualTo((int) end);
        }
        if (fact.type() == FileType.SYMLINK) {
            assertThat(head.link()).isEqualTo(exact ? fact.target() : NameEscape.escape(fact.target()));
        }
    }

    @Test
    void rule19_oneNameOfAHardLinkIsAFileAndTheOtherAnL() throws IOException {
        try (RecordedJob job =
                new Conversation(backend(), Dialect.stock()).backup(job(), Conversation.words(tree), FileDaemon.ANY)) {
            List<RecordedFile> names = job.files().stream()
                    .filter(file -> new String(file.head().name(), StandardCharsets.ISO_8859_1).matches(".*/small2?"))
                    .toList();
            assertThat(names).extracting(file -> file.head().stat().type()).containsExactly('F', 'L');
            assertThat(names.get(1).head().stat().linkIndex())
                    .isEqualTo(names.get(0).head().fileIndex());
            assertThat(names.get(1).head().link()).isEqualTo(names.get(0).head().name());
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void rules29and30_packetsAreFullAndCountsAreCompared(Dialect dialect) throws IOException {
        JobReport report = Conversation.good(
                new Conversation(backend(), dialect)
                        .peer()
                        .backup(
                                job(),
                                Conversation.words(
                                        tree, "exclude=sparse", "exclude=onlyhole"), // a hole ends where it does
                                Receiver.NONE),
                Result.OK);
        assertThat(report.observed().shortData()).as(report.toString()).isZero();
        assertThat(report.observed().comparedCounts()).as(report.toString()).isTrue();
    }

    @Test
    void rule18_holesAreNotSentToAPluginThatKnowsThem() throws IOException {
        JobReport report = Conversation.good(
                new Conversation(backend(), Dialect.extended())
                        .peer()
                        .backup(job(), Conversation.words(tree), Receiver.NONE),
                Result.OK);
        assertThat(report.observed().dataBytes()).isLessThan(RichTree.SPARSE_BYTES);
    }

    @Test
    void rule18_theRulesOfTheFileSetAreAskedFor() throws IOException {
        FileDaemon rules = new FileDaemon() {
            @Override
            public boolean accepts(byte[] name, int mode) {
                String text = new String(name, StandardCharsets.ISO_8859_1);
                assertThat(text).doesNotEndWith("/");
                return !text.endsWith("/d") && !text.endsWith("/big");
            }
        };
        for (Dialect dialect : List.of(Dialect.stock(), Dialect.extended())) {
            try (RecordedJob job =
                    new Conversation(backend(), dialect).backup(job(), Conversation.words(tree), rules)) {
                assertThat(job.names()).anyMatch(name -> name.endsWith("/small"));
                assertThat(job.names()).noneMatch(name -> name.contains("/d/") || name.endsWith("/big"));
            }
        }
    }

    /** The root of all has a name of its own, without which the job would end. */
    @Test
    void rule18_theRootOfAllCanBeSaved() throws IOException {
        String below = tree.toString();
        FileDaemon rules = new FileDaemon() {
            @Override
            public boolean accepts(byte[] name, int mode) {
                String text = new String(name, StandardCharsets.ISO_8859_1);
                return text.equals("/")
                        || below.equals(text)
                        || below.startsWith(text + "/")
                        || text.startsWith(below + "/small");
            }
        };
        for (Dialect dialect : List.of(Dialect.stock(), Dialect.extended())) {
            try (RecordedJob job =
                    new Conversation(backend(), dialect).backup(job(), Conversation.words(Path.of("/")), rules)) {
                assertThat(job.names()).contains("/", below + "/", below + "/small");
            }
        }
    }

    /** A file that the disk does not give. */
    @Test
    void rules20and23_whatCannotBeReadIsAMessageAndTheRestIsSaved() throws IOException {
        DiskTree.add(tree, "", Tree.file("unreadable", 1));
        for (Dialect dialect : List.of(Dialect.stock(), Dialect.extended())) {
            Recording recording = Recording.inMemory(dialect);
            JobReport report = Conversation.good(
                    new Conversation(backend(), dialect)
                            .peer()
                            .backup(job(), Conversation.words(tree, "fs=broken"), recording),
                    Result.WITH_ERRORS);
            assertThat(report.texts(Status.FILE_ERROR)).anyMatch(line -> line.contains(tree + "/unreadable"));
            try (RecordedJob job = recording.job()) {
                assertThat(job.names()).doesNotContain(tree + "/unreadable");
                assertThat(job.file(tree + "/big").orElseThrow().content()).hasSize((int) RichTree.BIG_BYTES);
            }
        }
    }

    /** The plugin has stored another number than was sent: it has stopped reading somewhere. */
    @Test
    void rule30_aWrongCountEndsTheJobWithA() throws IOException {
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        PacketReader in = new PacketReader(link.fromBackend());
        for (String command : List.of("Hello s 3", "Job", "Type=B", "", "Params", "path=" + tree, "", "BackupStart")) {
            if (command.isEmpty()) {
                out.eod();
            } else {
                out.command(command);
            }
        }
        out.flush();
        int asked = 0;
        Packet packet = in.expect("a packet");
        while (packet.status() != Status.ABORT) {
            if (packet.startsWith("ACCEPT:")) {
                out.command("OK");
            } else if (packet.is("FileIndex")) {
                out.command(asked++ == 0 ? "1" : "3");
            }
            out.flush();
            packet = in.expect("A, at the latest instead of the end");
        }
        assertThat(asked).isGreaterThan(1);
        assertThat(link.end(Duration.ofSeconds(20), Duration.ofSeconds(5)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    @Test
    void estimateNamesWhatABackupSends() throws IOException {
        for (Dialect dialect : List.of(Dialect.stock(), Dialect.extended())) {
            Conversation with = new Conversation(backend(), dialect);
            Recording heads = Recording.inMemory(dialect);
            Conversation.good(
                    with.peer().estimate(job(), Conversation.words(dialect, tree), heads, FileDaemon.ANY), Result.OK);
            try (RecordedJob estimated = heads.job();
                    RecordedJob saved = with.backup(job(), Conversation.words(dialect, tree), FileDaemon.ANY)) {
                assertThat(estimated.names()).containsExactlyInAnyOrderElementsOf(saved.names());
            }
        }
    }

    @Test
    void listingNamesTheEntriesOfADirectory() throws IOException {
        Recording heads = Recording.inMemory(Dialect.stock());
        Conversation.good(
                new Conversation(backend(), Dialect.stock())
                        .peer()
                        .listing(
                                job(),
                                Conversation.words(tree),
                                tree.resolve("d").toString(),
                                heads),
                Result.OK);
        try (RecordedJob listed = heads.job()) {
            assertThat(listed.names()).containsExactlyInAnyOrder("x", "e/", "blank at end /");
        }
    }
}
