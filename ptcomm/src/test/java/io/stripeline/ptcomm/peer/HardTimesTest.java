package io.stripeline.ptcomm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Status;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow peers, peers that go away, backends that hang, linger, die; backends that are processes. */
@Timeout(60)
class HardTimesTest {
    private static final Limits TIGHT =
            new Limits(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

    private static final String GOOD = """
            eod() { printf 'F000000\\n'; }
            packet() { dd bs=1 count=8 2>/dev/null; }
            until_eod() { while read -r line; do case $line in F000000) break;; esac; done; }
            read -r a; read -r b; printf 'C000013\\nHello Bacula\\n'
            until_eod; eod; until_eod; eod
            read -r a; read -r b; eod; eod
            read -r a; read -r b; eod
            """;

    private static PluginPeer shell(String script) throws Exception {
        return new PluginPeer(
                Dialect.stock(),
                ProcessLink.start(List.of("sh", "-c", script), 7, Map.of("LC_ALL", "C")),
                Conduct.GOOD,
                TIGHT);
    }

    private static JobReport backup(PluginPeer peer) {
        return peer.backup(JobSettings.named("x"), PluginPeer.parameters("path=/a"), Receiver.NONE);
    }

    @Test
    void aProcessIsHeldToItsEnd() throws Exception {
        JobReport report = backup(shell(GOOD + "while read -r a; do :; done; test \"$BACULA_JOBID\" = 7"));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.ending().isClean()).isTrue();
    }

    @Test
    void whatItWritesToStderrIsKept() throws Exception {
        JobReport report = backup(shell("echo oops >&2\n" + GOOD + "while read -r a; do :; done; exit 3"));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.ending().stderr()).isEqualTo("oops\n");
        assertThat(report.ending().exitStatus()).isEqualTo(3);
    }

    @Test
    void whoLingersIsTerminated() throws Exception {
        JobReport report = backup(shell(GOOD + "while read -r a; do :; done; exec 1>&-; exec sleep 50"));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.ending().how()).isEqualTo(Ending.How.TERMINATED);
    }

    @Test
    void whoIgnoresThatIsKilled() throws Exception {
        JobReport report =
                backup(shell("trap '' TERM\n" + GOOD + "while read -r a; do :; done; exec 1>&-\nexec sleep 50"));

        assertThat(report.ending().how()).as(report.toString()).isEqualTo(Ending.How.KILLED);
    }

    @Test
    void whoEndsBeforeItsInputDoesIsFound() throws Exception {
        JobReport report = backup(shell(GOOD + "exit 0"));

        assertThat(report.result()).as(report.toString()).isIn(Result.VIOLATION, Result.LOST);
    }

    @Test
    void whoIsSilentIsLost() throws Exception {
        JobReport report = backup(shell("exec sleep 50"));

        assertThat(report.result()).isEqualTo(Result.LOST);
        assertThat(report.failure()).contains("time limit");
        assertThat(report.ending().how()).isEqualTo(Ending.How.BY_ITSELF); // of the kill that ended the wait
        assertThat(report.ending().exitStatus()).isEqualTo(128 + 9);
    }

    @Test
    void aCancelIsASignalAndTheRestIsRead() throws Exception {
        PluginPeer peer = shell("trap 'printf \"W000005\\nbye!\\n\"; exit 0' USR1\n" + "read -r a; read -r b\n"
                + "printf 'C000013\\nHello Bacula\\n'; printf 'I000003\\nup\\n'\n" + "while :; do sleep 0.05; done");
        CompletableFuture<JobReport> report = CompletableFuture.supplyAsync(() -> backup(peer));
        Thread.sleep(300); // the shell has its trap by then; earlier the signal ends it, which is allowed as well
        peer.cancel();

        assertThat(report.get().result()).as(report.toString()).isEqualTo(Result.CANCELLED);
        assertThat(report.get().texts(Status.WARNING)).contains("bye!");
        assertThat(report.get().ending().isClean()).as(report.toString()).isTrue();
    }

    /** Says many files; whether the plugin went away shows in how it ends. */
    private static ChannelLink endless(CountDownLatch gone) {
        return ScriptedBackend.start((Pipe.SourceChannel source, Pipe.SinkChannel sink) -> {
            PacketReader in = new PacketReader(source);
            PacketWriter out = new PacketWriter(sink);
            try {
                ScriptedBackend.open(in, out, "");
                while (true) {
                    ScriptedBackend.file(out, "/a");
                }
            } catch (java.io.IOException hungUp) {
                gone.countDown();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 100})
    void hangsUpAfterPackets(int packets) throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        JobReport report =
                backup(new PluginPeer(Dialect.stock(), endless(gone), Conduct.hangingUpAfter(packets), Limits.SHORT));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.BROKEN_OFF);
        gone.await();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 13, 16})
    void hangsUpInsideItsOwnPackets(int packet) throws Exception {
        CompletableFuture<Boolean> torn = new CompletableFuture<>();
        ChannelLink link = ScriptedBackend.start((source, sink) -> {
            PacketReader in = new PacketReader(source);
            PacketWriter out = new PacketWriter(sink);
            try {
                ScriptedBackend.open(in, out, "");
                torn.complete(false);
            } catch (EOFException inside) {
                torn.complete(String.valueOf(inside.getMessage()).contains("ends inside"));
            }
        });
        JobReport report = backup(new PluginPeer(Dialect.stock(), link, Conduct.hangingUpInside(packet), Limits.SHORT));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.BROKEN_OFF);
        assertThat(torn.get()).isTrue();
    }

    @Test
    void readsSlowly() {
        ScriptedBackend.Body body = (in, out) -> {
            out.command("FNAME:/a");
            out.command("STAT:F 1 0 0 100644 1");
            out.eod();
            out.command("DATA");
            for (int i = 0; i < 8; i++) {
                out.data(ByteBuffer.allocate(64 << 10));
            }
            out.eod();
            out.eod();
        };
        long start = System.nanoTime();
        JobReport report = backup(
                new PluginPeer(Dialect.stock(), ScriptedBackend.saying("", body), Conduct.slow(2 << 20), Limits.SHORT));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(System.nanoTime() - start).isGreaterThan(200_000_000); // 512 KiB at 2 MiB/s: never sooner
        assertThat(report.observed().dataBytes()).isEqualTo(8 * (64 << 10));
    }

    @Test
    void anAbortIsHeardWhileThePluginWrites() {
        ChannelLink link = ScriptedBackend.start((source, sink) -> {
            PacketReader in = new PacketReader(source);
            PacketWriter out = new PacketWriter(sink);
            ScriptedBackend.open(in, out, "");
            out.flush();
            in.expect("FNAME");
            out.text(Status.ABORT, "the target is full".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            out.flush();
        });
        Recording recording = Recording.inMemory(Dialect.stock());
        backup(
                ScriptedBackend.saying("", (in, out) -> {
                    out.command("FNAME:/a");
                    out.command("STAT:F 1 0 0 100644 1");
                    out.eod();
                    out.command("DATA");
                    for (int i = 0; i < 64; i++) {
                        out.data(ByteBuffer.allocate(64 << 10));
                    }
                    out.eod();
                    out.eod();
                }),
                recording);
        JobReport report = new PluginPeer(Dialect.stock(), link, Conduct.GOOD, Limits.SHORT)
                .restore(JobSettings.named("r"), List.of(), Replay.of(recording.job()));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.ABORTED);
        assertThat(report.failure()).isEqualTo("the target is full");
    }

    private static void backup(ChannelLink link, Recording recording) {
        JobReport report = new PluginPeer(Dialect.stock(), link, Conduct.GOOD, Limits.SHORT)
                .backup(JobSettings.named("x"), List.of(), recording);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
    }

    @Test
    void anErrorInARestoreLeavesEndAndTOut() {
        CompletableFuture<String> last = new CompletableFuture<>();
        JobReport report = new PluginPeer(
                        Dialect.stock(),
                        ScriptedBackend.start((source, sink) -> {
                            PacketReader in = new PacketReader(source);
                            PacketWriter out = new PacketWriter(sink);
                            ScriptedBackend.open(in, out, "");
                            out.flush();
                            Packet finish = in.expect("FINISH");
                            out.text(Status.FILE_ERROR, new byte[] {'q'});
                            out.eod();
                            out.flush();
                            last.complete(finish + " " + in.read());
                        }),
                        Conduct.GOOD,
                        Limits.SHORT)
                .restore(JobSettings.named("r"), List.of(), Replay.of());

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.WITH_ERRORS);
        assertThat(last.join()).isEqualTo("C000007 'FINISH\\x0A' null");
    }
}
