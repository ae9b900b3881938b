package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.FileHead;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.ptcomm.peer.RestoreObject;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend does with files that change under its hands, volumes that lie, and plugins that break the rules. */
@Timeout(300)
public abstract class AdversityConformance {
    /** Three times what a backend may read ahead. */
    private static final int BIG_BYTES = 96 << 20;

    private static final int MORE_THAN_A_PIPE_HOLDS = 4 << 20;

    @TempDir
    protected Path work;

    private Path tree;
    private Path target;
    private Path outside;

    protected abstract BackendUnderTest backend();

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        target = Files.createDirectory(work.resolve("target"));
        outside = Files.createDirectory(work.resolve("outside"));
        DiskTree.create(tree, Tree.root(Tree.file("zlast", Content.of("last")), Tree.dir("d", Tree.file("x", 5))));
    }

    @AfterEach
    void clear() {
        DiskTree.clear(tree);
        DiskTree.clear(target);
        DiskTree.clear(outside);
    }

    private Conversation in(Dialect dialect) {
        return new Conversation(backend(), dialect);
    }

    private JobSettings job(String name) {
        return Conversation.job(name, work);
    }

    // ---- files that change while they are read

    /** Has something happen in the middle of a file, while its backend waits, and keeps all but its data. */
    private static final class Disturbing implements Receiver {
        private final Recording to;
        private final Path file;
        private final Disturbance change;
        private final MessageDigest digest;
        private boolean inside;
        private boolean changed;
        private long bytes;

        Disturbing(Recording to, Path file, Disturbance change) throws NoSuchAlgorithmException {
            this.to = to;
            this.file = file;
            this.change = change;
            this.digest = MessageDigest.getInstance("SHA-256");
        }

        @Override
        public void begin(FileHead head) {
            inside = Arrays.equals(head.name(), file.toString().getBytes(StandardCharsets.UTF_8));
            to.begin(head);
        }

        @Override
        public void data(long offset, ByteBuffer data) throws IOException {
            if (!inside) {
                to.data(offset, data);
                return;
            }
            assertThat(offset).isEqualTo(bytes);
            bytes += data.remaining();
            digest.update(data.duplicate());
            if (!changed && bytes > 1 << 20) {
                changed = true;
                change.run();
            }
        }

        @Override
        public void end(byte @Nullable [] acl, byte @Nullable [] xattr) {
            to.end(acl, xattr);
        }
    }

    private interface Disturbance {
        void run() throws IOException;
    }

    @ParameterizedTest
    @ValueSource(strings = {"grows", "shrinks", "vanishes"})
    void aFileThatChangesWhileItIsRead(String how) throws Exception {
        Path big = tree.resolve("big");
        DiskTree.add(tree, "", Tree.file("big", Content.random(1, BIG_BYTES)));
        byte[] before = digest(big);
        Recording recording = Recording.inMemory(Dialect.stock());
        Disturbing receiver = new Disturbing(recording, big, () -> {
            try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
                switch (how) {
                    case "grows" -> file.setLength(BIG_BYTES + (4 << 20));
                    case "shrinks" -> file.setLength(1 << 20);
                    default -> Files.delete(big);
                }
            }
        });
        JobReport report = in(Dialect.stock()).peer().backup(job("b"), Conversation.words(tree), receiver);
        assertThat(report.isComplete()).as(report.toString()).isTrue();
        assertThat(report.ending()).as(report.toString()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
        assertThat(receiver.changed).isTrue();
        if (how.equals("vanishes")) { // an open file is there to its end, whatever its name
            assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
            assertThat(receiver.bytes).isEqualTo(BIG_BYTES);
            assertThat(receiver.digest.digest()).isEqualTo(before);
        } else {
            assertThat(report.messages())
                    .as(report.toString())
                    .anyMatch(line -> line.text().contains(big.toString()));
            assertThat(receiver.bytes)
                    .as("bytes of a file that " + how)
                    .isBetween(1L << 20, how.equals("grows") ? BIG_BYTES + (4L << 20) : BIG_BYTES - 1L);
        }
        try (RecordedJob job = recording.job()) {
            assertThat(job.file(big.toString())).isPresent();
            assertThat(job.file(tree + "/zlast").orElseThrow().content())
                    .asString()
                    .isEqualTo("last");
        }
    }

    private static byte[] digest(Path file) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[1 << 16];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
            }
        }
        return digest.digest();
    }

    @Test
    void abortOnErrorMakesAFailureTheEnd() throws IOException {
        DiskTree.add(tree, "", Tree.file("unreadable", 1));
        JobReport report = in(Dialect.stock())
                .peer()
                .backup(job("b"), Conversation.words(tree, "fs=broken", "abort_on_error=1"), Receiver.NONE);
        Conversation.good(report, Result.ABORTED);
        assertThat(report.failure()).contains(tree + "/unreadable");
    }

    /** Answers what is asked by the way, up to the first packet that is wanted. */
    private static Packet next(PacketReader in, PacketWriter out, Predicate<Packet> wanted) throws IOException {
        Packet packet = in.expect("a packet");
        while (!wanted.test(packet)) {
            if (packet.startsWith("ACCEPT:")) {
                out.command("OK");
            } else if (packet.is("FileIndex")) {
                out.command("0");
            }
            out.flush();
            packet = in.expect("a packet");
        }
        return packet;
    }

    private static void begin(PacketReader in, PacketWriter out, Path tree, String... words) throws IOException {
        List<String> packets = new ArrayList<>(List.of("Hello s 3", "Job", "Type=B", "", "Params", "path=" + tree));
        packets.addAll(List.of(words));
        packets.addAll(List.of("", "BackupStart"));
        send(out, packets);
        for (int acknowledged = 0; acknowledged < 3; acknowledged++) {
            next(in, out, packet -> packet.status() == Status.EOD);
        }
    }

    /** Rules 8 and 9: a backend that left at once would be one more error of the job, and a broken pipe. */
    @Test
    void abortOnErrorWaitsForTheEndOfTheStream() throws IOException {
        DiskTree.add(tree, "", Tree.file("unreadable", 1));
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        PacketReader in = new PacketReader(link.fromBackend());
        begin(in, out, tree, "fs=broken", "abort_on_error=2");
        next(in, out, packet -> packet.status() == Status.ABORT);
        for (int i = 0; i < MORE_THAN_A_PIPE_HOLDS / 8; i++) {
            out.eod(); // somebody has to read it
        }
        out.flush();
        assertThat(link.hasEndedEarly()).isFalse();
        assertThat(link.end(Duration.ofSeconds(20), Duration.ofSeconds(5)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    @Test
    void abortOnErrorEndsARestore() throws IOException {
        Recording recording = Recording.inMemory(Dialect.stock());
        file(recording, "/x", null, List.of());
        file(recording, "/y", null, List.of());
        Files.createDirectories(target.resolve("x/full"));
        try (RecordedJob job = recording.job()) {
            JobReport report = in(Dialect.stock())
                    .peer()
                    .restore(
                            job("r").withWhere(target.toString()),
                            Conversation.words(tree, "abort_on_error"),
                            Replay.of(job));
            Conversation.good(report, Result.ABORTED);
            assertThat(report.failure()).contains(target + "/x");
        }
    }

    /** Rule 17: a plugin that has stopped reading, and waits for its END to be acknowledged. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anEndInPlaceOfAnAnswerIsAcknowledged(int question) throws IOException {
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        PacketReader in = new PacketReader(link.fromBackend());
        begin(in, out, tree);
        for (int i = 1; i < question; i++) {
            next(in, out, packet -> packet.is("FileIndex"));
            out.command("0");
            out.flush();
        }
        next(in, out, packet -> packet.is("FileIndex"));
        out.command("END");
        out.flush();
        Packet answer = in.expect("the acknowledgement of END");
        boolean told = false;
        while (answer.status().isMessage()) {
            told |= answer.status() == Status.FILE_ERROR;
            answer = in.expect("the acknowledgement of END");
        }
        assertThat(answer.status()).isEqualTo(Status.EOD);
        assertThat(told).isTrue();
        out.terminate();
        out.flush();
        assertThat(link.end(Duration.ofSeconds(20), Duration.ofSeconds(5)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    /** What was not asked for is no answer: the job ends with a line, and the stream is the plugin's to end. */
    @Test
    void aBackupWhosePluginBreaksTheRulesIsAborted() throws IOException {
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        PacketReader in = new PacketReader(link.fromBackend());
        begin(in, out, tree);
        next(in, out, packet -> packet.is("FileIndex"));
        out.command("NONSENSE");
        out.flush();
        next(in, out, packet -> packet.status() == Status.ABORT);
        for (int i = 0; i < MORE_THAN_A_PIPE_HOLDS / 8; i++) {
            out.eod();
        }
        out.flush();
        assertThat(link.hasEndedEarly()).isFalse();
        assertThat(link.end(Duration.ofSeconds(20), Duration.ofSeconds(5)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    // ---- volumes that lie

    private static FileHead head(String name, String stat, @Nullable String link, List<byte[]> metadata) {
        return new FileHead(
                2,
                name.getBytes(StandardCharsets.UTF_8),
                StatLine.parse(stat.getBytes(StandardCharsets.US_ASCII)),
                new TimeLine(1, 2, 3),
                link == null ? null : link.getBytes(StandardCharsets.UTF_8),
                0,
                metadata);
    }

    private static void file(Recording to, String name, byte @Nullable [] xattr, List<byte[]> metadata)
            throws IOException {
        to.begin(head(name, "F 4 0 0 100644 1", null, metadata));
        to.data(0, ByteBuffer.wrap("evil".getBytes(StandardCharsets.US_ASCII)));
        to.end(null, xattr);
    }

    private JobReport restore(Recording recording) throws IOException {
        Dialect dialect = Dialect.stock();
        try (RecordedJob job = recording.job()) {
            JobReport report = in(dialect)
                    .peer()
                    .restore(
                            job("r").withWhere(target.toString()),
                            Conversation.words(tree, "metadata=yes"),
                            Replay.of(job));
            assertThat(report.isComplete()).as(report.toString()).isTrue();
            assertThat(report.ending()).as(report.toString()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
            return report;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../outside/x", "/a/../../outside/x", "/..", "/a/./../../outside/x"})
    void aNameThatClimbsIsRefused(String name) throws IOException {
        Recording recording = Recording.inMemory(Dialect.stock());
        file(recording, name, null, List.of());
        file(recording, "/good", null, List.of());
        JobReport report = restore(recording);

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.WITH_ERRORS);
        assertThat(outside).isEmptyDirectory();
        assertThat(target.resolve("good")).hasContent("evil");
    }

    @Test
    void aSymlinkOfTheVolumeIsNotFollowed() throws IOException {
        Recording recording = Recording.inMemory(Dialect.stock());
        recording.begin(head("/way", "S 7 0 0 120777 1", outside.toString(), List.of()));
        recording.end(null, null);
        file(recording, "/way/x", null, List.of());
        file(recording, "/good", null, List.of());
        JobReport report = restore(recording);

        assertThat(outside).as(report.toString()).isEmptyDirectory();
        assertThat(target.resolve("good")).hasContent("evil");
    }

    @Test
    void aFileInPlaceOfASymlinkDoesNotReachItsTarget() throws IOException {
        Files.writeString(outside.resolve("x"), "mine");
        Files.createSymbolicLink(target.resolve("x"), outside.resolve("x"));
        Recording recording = Recording.inMemory(Dialect.stock());
        file(recording, "/x", null, List.of());
        restore(recording);

        assertThat(outside.resolve("x")).hasContent("mine");
        assertThat(Files.isRegularFile(target.resolve("x"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    /** Blobs and objects of random bytes, and of the true ones cut short or with a bit turned. */
    @Test
    void garbageForBlobsAndObjectsCostsAttributesOnly() throws IOException {
        Random random = new Random(5);
        byte[] noise = new byte[300];
        random.nextBytes(noise);
        Recording real = Recording.inMemory(Dialect.stock());
        Conversation.good(
                in(Dialect.stock()).peer().backup(job("b"), Conversation.words(tree, "metadata=yes"), real), Result.OK);
        byte[] blob;
        try (RecordedJob job = real.job()) {
            blob = job.file(tree + "/zlast").orElseThrow().head().metadata().get(0);
        }
        Recording recording = Recording.inMemory(Dialect.stock());
        recording.object(new RestoreObject(1, "stripeline-layouts.00".getBytes(StandardCharsets.US_ASCII), noise));
        recording.object(new RestoreObject(2, "links".getBytes(StandardCharsets.US_ASCII), noise));
        file(recording, "/noise", noise, List.of(noise));
        file(recording, "/short", null, List.of(Arrays.copyOf(blob, blob.length - 3)));
        for (int i = 0; i < 40; i++) {
            byte[] turned = blob.clone();
            turned[random.nextInt(turned.length)] ^= (byte) (1 << random.nextInt(8));
            file(recording, "/turned" + i, null, List.of(turned));
        }
        file(recording, "/good", null, List.of());
        JobReport report = restore(recording);

        assertThat(target.resolve("good")).as(report.toString()).hasContent("evil");
        assertThat(target.resolve("noise")).as(report.toString()).hasContent("evil");
        assertThat(target.resolve("turned39")).as(report.toString()).hasContent("evil");
        try (Stream<Path> all = Files.walk(work)) {
            assertThat(all.filter(path -> path.getFileName().toString().startsWith("turned")))
                    .hasSize(40)
                    .allMatch(path -> path.startsWith(target));
        }
    }

    // ---- plugins that break the rules

    static Stream<List<String>> brokenRestores() {
        return Stream.of(
                List.of("DATA"),
                List.of("<3"),
                List.of("FNAME:/x", ""),
                List.of("FNAME:/x", "STAT:F 4 0 0", ""),
                List.of("FNAME:/x", "STAT:Q 4 0 0 100644 1 0", ""),
                List.of("FNAME:", "STAT:F 4 0 0 100644 1 0", ""),
                List.of("FNAME:/x", "FNAME:/y"),
                List.of("FNAME:/x", "<3"),
                List.of("FNAME:/x", "STAT:F 4 0 0 100644 1 0", "TSTAMP:x", ""),
                List.of("RESTOREOBJ:x", "<3", ""),
                List.of("RESTOREOBJ:x", "RESTOREOBJ_LEN:x", "<3", ""),
                List.of("RESTOREOBJ:x", "RESTOREOBJ_LEN:900001", "<3", ""),
                List.of("NONSENSE"),
                List.of("END"));
    }

    @ParameterizedTest
    @MethodSource("brokenRestores")
    void aPluginThatBreaksTheRulesOfARestoreIsToldAndLeft(List<String> packets) throws IOException {
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        PacketReader in = new PacketReader(link.fromBackend());
        send(
                out,
                List.of(
                        "Hello s 3",
                        "Job",
                        "Type=R",
                        "Where=" + target,
                        "",
                        "Params",
                        "path=" + tree,
                        "",
                        "RestoreStart"));
        for (int i = 0; i < 4; i++) {
            in.expect("the start");
        }
        send(out, packets);
        link.toBackend().close();
        boolean told = false;
        for (Packet packet = in.read(); packet != null; packet = in.read()) {
            told |= packet.status() == Status.ABORT || packet.status() == Status.FILE_ERROR;
        }
        assertThat(told).isTrue();
        assertThat(link.end(Duration.ofSeconds(20), Duration.ofSeconds(5)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
        assertThat(target).isEmptyDirectory();
    }

    private static void send(PacketWriter out, List<String> packets) throws IOException {
        for (String packet : packets) {
            if (packet.isEmpty()) {
                out.eod();
            } else if (packet.startsWith("<")) {
                out.data(ByteBuffer.allocate(Integer.parseInt(packet.substring(1))));
            } else {
                out.command(packet);
            }
        }
        out.flush();
    }
}
