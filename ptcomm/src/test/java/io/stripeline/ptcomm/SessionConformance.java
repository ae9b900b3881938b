package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.ptcomm.peer.BackendLink;
import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.ProcessLink;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of the conformance checklist for any session, and for cancel and load: 1 to 17, 44 to 46. Rules 1 to 8, 10
 * and 17 are held by the peer in every conversation.
 */
@Timeout(300)
public abstract class SessionConformance {
    /** What a pause of the plugin lasts in which something must happen. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    @TempDir
    protected Path work;

    Path tree;

    protected abstract BackendUnderTest backend();

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(
                tree, Tree.root(Tree.file("a", Content.of("aaa")), Tree.file("big", Content.random(3, 64 << 20))));
    }

    @AfterEach
    void clear() {
        DiskTree.clear(tree);
    }

    private Conversation stock() {
        return new Conversation(backend(), Dialect.stock());
    }

    private JobSettings job() {
        return Conversation.job("conformance", work);
    }

    // ---- without a peer: packets by hand

    /** Sends commands (an empty one is an EOD); gives the packets that are no messages, up to the end of the stream. */
    private List<Packet> by(List<String> commands, int answers) throws IOException {
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        PacketReader in = new PacketReader(link.fromBackend());
        for (String command : commands) {
            if (command.isEmpty()) {
                out.eod();
            } else {
                out.command(command);
            }
        }
        out.flush();
        List<Packet> got = Stream.generate(() -> answer(in)).limit(answers).toList();
        Ending ending = link.end(Duration.ofSeconds(20), Duration.ofSeconds(5));
        assertThat(ending).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
        return got;
    }

    private static Packet answer(PacketReader in) {
        try {
            Packet packet = in.expect("an answer");
            return packet.status().isMessage() ? answer(in) : packet;
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void rule12_anotherVersionIsRefusedWithA() throws IOException {
        assertThat(by(List.of("Hello stripeline 4"), 1))
                .extracting(Packet::status)
                .containsExactly(Status.ABORT);
    }

    @Test
    void rule12_anyNameIsGreeted() throws IOException {
        assertThat(by(List.of("Hello whoever 3"), 1).get(0).is("Hello Bacula")).isTrue();
    }

    @Test
    void rule13_unknownKeysAndMissingOnesAreNoFailure() throws IOException {
        List<Packet> got = by(
                List.of("Hello s 3", "Job", "Unknown=1", "type=B", "", "Params", "path=" + tree, "path=/nowhere", ""),
                3);
        assertThat(got).extracting(Packet::status).containsExactly(Status.COMMAND, Status.EOD, Status.EOD);
    }

    @Test
    void rule14_unknownParametersAreNoFailure() throws IOException {
        JobReport report = Conversation.good(
                stock().peer()
                        .backup(job(), Conversation.words(tree, "pathh=/x", "exclude=big", "exclude=b"), Receiver.NONE),
                Result.OK);
        assertThat(report.texts(Status.WARNING)).anyMatch(line -> line.contains("pathh"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"path=/no/such/directory", "path=relative", "shard=5", "path"})
    void rule15_whatCanFailEarlyFailsBeforeTheStartIsAcknowledged(String word) throws IOException {
        List<byte[]> words = word.startsWith("path") ? PluginPeer.parameters(word) : Conversation.words(tree, word);
        JobReport report = Conversation.good(stock().peer().backup(job(), words, Receiver.NONE), Result.ABORTED);
        assertThat(report.failure()).contains(word.substring(word.indexOf('=') + 1));
        assertThat(report.observed().items()).isZero();
    }

    @Test
    void rule16_queriesAreAnsweredAndEndWithoutEnd() throws IOException {
        JobReport report =
                Conversation.good(stock().peer().query(job(), Conversation.words(tree), "version"), Result.OK);
        assertThat(report.answers()).isNotEmpty().allMatch(line -> new String(line).contains("="));
    }

    @Test
    void rule16_anUnknownQueryFailsWithOneLine() throws IOException {
        JobReport report =
                Conversation.good(stock().peer().query(job(), Conversation.words(tree), "nonsense"), Result.ABORTED);
        assertThat(report.failure()).contains("nonsense");
    }

    // ---- the end of the stream, anywhere

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 12, 14, 16})
    void rule11_endsWhereThePluginHangsUpInsideAPacket(int packet) throws IOException {
        JobReport report =
                stock().peer(Conduct.hangingUpInside(packet)).backup(job(), Conversation.words(tree), Receiver.NONE);
        Conversation.good(report, Result.BROKEN_OFF);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 8, 40})
    void rule11_endsWhereThePluginHangsUp(int packets) throws IOException {
        JobReport report =
                stock().peer(Conduct.hangingUpAfter(packets)).backup(job(), Conversation.words(tree), Receiver.NONE);
        Conversation.good(report, Result.BROKEN_OFF);
    }

    // ---- cancel

    /** Cancels while the backend writes and nobody reads. */
    @Test
    void rule44_isGoneAfterACancelWhileItWaitsForThePipe() throws Exception {
        PluginPeer peer = stock().peer(Conduct.pausing(12, PAUSE));
        CompletableFuture<JobReport> report =
                CompletableFuture.supplyAsync(() -> peer.backup(job(), Conversation.words(tree), Receiver.NONE));
        Thread.sleep(PAUSE.toMillis() / 2);
        peer.cancel();
        Conversation.good(report.get(), Result.CANCELLED);
    }

    @Test
    void rule44_isGoneAfterACancelWhileItReads() throws Exception {
        PluginPeer peer = stock().peer(Conduct.slow(8 << 20));
        CompletableFuture<JobReport> report =
                CompletableFuture.supplyAsync(() -> peer.backup(job(), Conversation.words(tree), Receiver.NONE));
        Thread.sleep(PAUSE.toMillis() / 2);
        peer.cancel();
        Conversation.good(report.get(), Result.CANCELLED);
    }

    /** The backend waits for a packet that never comes. */
    @Test
    void rule44_isGoneAfterACancelWhileItWaitsForThePlugin() throws Exception {
        BackendLink link = backend().start();
        PacketWriter out = new PacketWriter(link.toBackend());
        out.command("Hello stripeline 3");
        out.flush();
        assertThat(answer(new PacketReader(link.fromBackend())).is("Hello Bacula"))
                .isTrue();
        link.cancel();
        int end = 0;
        while (end >= 0) {
            end = link.fromBackend().read(ByteBuffer.allocate(1000)); // the backend ends, with stdin still open
        }
        assertThat(link.end(Duration.ofSeconds(10), Duration.ofSeconds(1)))
                .isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    // ---- load

    /** However slow its filesystem is. The backend under test says something each second, not each ten minutes. */
    @Test
    void rule32_saysSomethingWhileItIsBusy() throws IOException {
        System.setProperty(BackendUnderTest.PROGRESS, "1");
        try {
            List<byte[]> slow = Conversation.words(tree, "rate=20M");
            JobReport report = Conversation.good(stock().peer().backup(job(), slow, Receiver.NONE), Result.OK);
            assertThat(report.texts(Status.INFO)).anyMatch(line -> line.startsWith("so far "));
        } finally {
            System.clearProperty(BackendUnderTest.PROGRESS);
        }
    }

    @Test
    void rules45and46_memoryIsBoundedWhileNobodyReadsAndNoChildIsLeft() throws Exception {
        assumeTrue(backend().isProcess(), "memory of its own is a process's");
        BackendLink link = backend().start();
        PluginPeer peer = new PluginPeer(
                Dialect.stock(), link, Conduct.pausing(14, PAUSE), io.stripeline.ptcomm.peer.Limits.STANDARD);
        CompletableFuture<JobReport> report =
                CompletableFuture.supplyAsync(() -> peer.backup(job(), Conversation.words(tree), Receiver.NONE));
        ProcessHandle process = ((ProcessLink) link).handle();
        Set<ProcessHandle> children = new HashSet<>();
        long most = 0;
        while (process.isAlive()) {
            most = Math.max(most, residentKib(process.pid()));
            children.addAll(process.descendants().toList()); // a launcher may have some while it starts
            Thread.sleep(100);
        }
        Conversation.good(report.get(), Result.OK);
        assertThat(children).as("rule 46").noneMatch(ProcessHandle::isAlive);
        assertThat(most).isPositive().isLessThan(400 << 10);
    }

    private static long residentKib(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException ended) {
            return 0;
        }
    }
}
