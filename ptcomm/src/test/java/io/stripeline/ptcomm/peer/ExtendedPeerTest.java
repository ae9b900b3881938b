package io.stripeline.ptcomm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.PacketWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The extension, both directions, and how a restore differs between the dialects. */
@Timeout(60)
class ExtendedPeerTest {
    private static final String ALL = "meta seen tally holes accept one";

    @TempDir
    Path temporary;

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static PluginPeer peer(Dialect dialect, String accepted, ScriptedBackend.Body body) {
        return new PluginPeer(dialect, ScriptedBackend.saying(accepted, body), Conduct.GOOD, Limits.SHORT);
    }

    /** One file with all there is, one that is sparse, a hard link. */
    private RecordedJob recorded(Dialect dialect, String accepted) throws IOException {
        Recording recording = Recording.at(temporary.resolve("spool"), dialect);
        JobReport report = peer(dialect, accepted, (in, out) -> {
                    out.command("RESTOREOBJ:o");
                    out.command("RESTOREOBJ_LEN:2");
                    out.data(text("ob"));
                    out.eod();
                    out.command("FNAME:/d/full");
                    out.command("STAT:F 5 4294967294 0 100644 2");
                    out.command("X-LAYOUT:ff");
                    out.command("TSTAMP:1 2 3");
                    out.command("METADATA_STREAM");
                    out.data(text("meta"));
                    out.eod();
                    out.eod();
                    out.command("DATA");
                    out.data(text("hello"));
                    out.eod();
                    out.command("ACL");
                    out.data(text("acl"));
                    out.eod();
                    out.command("XATTR");
                    out.data(text("xattr"));
                    out.eod();
                    out.command("FNAME:/d/sparse");
                    out.command("STAT:F 200000 0 0 100644 1");
                    out.eod();
                    out.command("DATA");
                    out.command("X-SEEK:199995");
                    out.data(text("hello"));
                    out.eod();
                    out.command("FNAME:/d/link");
                    out.command("STAT:L 5 0 0 100644 2 3");
                    out.command("LSTAT:/d/full");
                    out.eod();
                    out.eod();
                    out.command("TALLY:4 10");
                    out.eod();
                })
                .backup(JobSettings.named("x"), PluginPeer.parameters("path=/d"), recording);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.observed().fileIndex()).isEqualTo(5);
        return recording.job();
    }

    private static List<String> restored(Dialect dialect, String accepted, RecordedJob job) {
        List<String> got = new ArrayList<>();
        JobReport report = peer(dialect, accepted, (in, out) -> {
                    out.flush();
                    got.addAll(ScriptedBackend.restored(in, out));
                })
                .restore(JobSettings.named("r").withWhere("/w/"), List.of(), Replay.of(job));
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        return got;
    }

    @Test
    void restoresAsOurPluginDoes() throws IOException {
        try (RecordedJob job = recorded(Dialect.extended(), ALL)) {
            assertThat(job.file("/d/sparse").orElseThrow().content()).hasSize(200000);
            assertThat(restored(Dialect.extended(), ALL, job))
                    .containsExactly(
                            "RESTOREOBJ:o",
                            "RESTOREOBJ_LEN:2",
                            "DATA 2",
                            "EOD 0",
                            "FNAME:/w/d/full",
                            "STAT:F 5 4294967294 0 100644 2 0",
                            "X-LAYOUT:00000000000000ff",
                            "TSTAMP:1 2 3",
                            "EOD 0",
                            "DATA",
                            "DATA 5",
                            "EOD 0",
                            "ACL",
                            "DATA 3",
                            "EOD 0",
                            "METADATA_STREAM",
                            "DATA 4",
                            "EOD 0",
                            "XATTR",
                            "DATA 5",
                            "EOD 0",
                            "FNAME:/w/d/sparse",
                            "STAT:F 200000 0 0 100644 1 0",
                            "TSTAMP:0 0 0",
                            "EOD 0",
                            "DATA",
                            "X-SEEK:199995",
                            "DATA 5",
                            "EOD 0",
                            "FNAME:/w/d/link",
                            "STAT:L 5 0 0 100644 2 3",
                            "TSTAMP:0 0 0",
                            "LSTAT:/w/d/full",
                            "EOD 0");
        }
    }

    @Test
    void restoresAsTheStockPluginDoes() throws IOException {
        try (RecordedJob job = recorded(Dialect.extended(), ALL)) {
            assertThat(restored(Dialect.stock(), "", job))
                    .containsSubsequence(
                            "STAT:F 5 -2 0 100644 2 0",
                            "TSTAMP:1 2 3",
                            "EOD 0",
                            "METADATA_STREAM",
                            "DATA 4",
                            "EOD 0",
                            "DATA",
                            "DATA 5",
                            "EOD 0",
                            "ACL",
                            "DATA 3",
                            "EOD 0",
                            "XATTR",
                            "DATA 5",
                            "EOD 0",
                            "FNAME:/w/d/sparse",
                            "DATA",
                            "DATA 65536",
                            "DATA 65536",
                            "DATA 65536",
                            "DATA 3387",
                            "DATA 5",
                            "EOD 0",
                            "FNAME:/w/d/link",
                            "STAT:L 5 0 0 100644 2 3",
                            "TSTAMP:0 0 0",
                            "EOD 0")
                    .doesNotContain("LSTAT:/w/d/full", "X-LAYOUT:00000000000000ff");
            assertThat(restored(Dialect.stockWithoutMetadata(), "", job)).doesNotContain("METADATA_STREAM");
        }
    }

    @Test
    void skipEndsAFile() throws IOException {
        try (RecordedJob job = recorded(Dialect.extended(), ALL)) {
            List<String> got = new ArrayList<>();
            JobReport report = peer(Dialect.stock(), "", (in, out) -> {
                        out.flush();
                        for (Packet packet = in.expect("x"); !packet.is("FINISH"); packet = in.expect("x")) {
                            got.add(packet.toString());
                            if (packet.status() == io.stripeline.ptcomm.wire.Status.EOD) {
                                out.command(got.stream().anyMatch(line -> line.contains("FNAME")) ? "SKIP" : "OK");
                                out.flush();
                            }
                        }
                        out.eod();
                    })
                    .restore(JobSettings.named("r"), List.of(), Replay.of(job));
            assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
            assertThat(got).noneMatch(line -> line.contains("METADATA") || line.contains("ACL"));
        }
    }

    @Test
    void theNewestVersionOfANameIsRestored() throws IOException {
        Recording first = Recording.inMemory(Dialect.stock());
        Recording second = Recording.inMemory(Dialect.stock());
        for (Recording one : List.of(first, second)) {
            peer(Dialect.stock(), "", (in, out) -> {
                        ScriptedBackend.file(out, "/both");
                        ScriptedBackend.file(out, one == first ? "/gone" : "/new");
                        out.eod();
                    })
                    .backup(JobSettings.named("x"), List.of(), one);
        }
        second.deleted(List.of("/gone".getBytes(StandardCharsets.US_ASCII)));
        List<String> got = new ArrayList<>();
        peer(Dialect.stock(), "", (in, out) -> {
                    out.flush();
                    got.addAll(ScriptedBackend.restored(in, out));
                })
                .restore(JobSettings.named("r"), List.of(), Replay.of(first.job(), second.job()));
        assertThat(got).filteredOn(line -> line.startsWith("FNAME")).containsExactly("FNAME:/both", "FNAME:/new");
    }

    @Test
    void offersAndAgreesOnASubset() {
        List<String> commands = new ArrayList<>();
        ChannelLink link = ScriptedBackend.start((source, sink) -> {
            PacketReader in = new PacketReader(source);
            PacketWriter out = new PacketWriter(sink);
            commands.addAll(ScriptedBackend.open(in, out, "tally"));
            out.command("TALLY:0 0");
            out.eod();
            out.flush();
            ScriptedBackend.finish(in, out);
        });
        JobReport report = new PluginPeer(
                        Dialect.extended(new Extensions(Set.of(Cap.TALLY, Cap.META))), link, Conduct.GOOD, Limits.SHORT)
                .backup(
                        JobSettings.named("x")
                                .basedOn(Level.INCREMENTAL, 7, "before")
                                .withAccurate(true),
                        PluginPeer.parameters("path=/d", "X-SLX=9"),
                        Receiver.NONE);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.agreed().caps()).containsExactly(Cap.TALLY);
        assertThat(commands)
                .containsExactly(
                        "Hello stripeline 3",
                        "Job",
                        "Name=x",
                        "JobID=1",
                        "Type=B",
                        "Level=I",
                        "Since=7",
                        "Namespace=@stripeline",
                        "PrevJobName=before",
                        "WorkingDir=/tmp",
                        "SysconfigPath=/etc/bacula/",
                        "ExePath=/usr/sbin/",
                        "Params",
                        "path=/d",
                        "Accurate=1",
                        "X-SLX=1 meta tally",
                        "BackupStart");
    }

    @Test
    void acceptsWhatWasNotOfferedNever() {
        JobReport report = peer(Dialect.extended(new Extensions(Set.of(Cap.META))), "seen", (in, out) -> out.eod())
                .backup(JobSettings.named("x"), List.of(), Receiver.NONE);
        assertThat(report.failure()).startsWith("Rule 14: seen");
    }

    @Test
    void answersManyNamesAtOnce() {
        FileDaemon rules = new FileDaemon() {
            @Override
            public boolean accepts(byte[] name, int mode) {
                return new String(name, StandardCharsets.UTF_8).equals("/d/yes") && mode == 0100644;
            }
        };
        List<String> got = new ArrayList<>();
        JobReport report = peer(Dialect.extended(), "accept", (in, out) -> {
                    out.command("X-ACCEPT");
                    out.data(text("100644 /d/yes\u0000100644 /d/no\u0000040755 /d/yes/\u0000"));
                    out.flush();
                    got.add(new String(in.expect("answer").payload(), StandardCharsets.US_ASCII));
                    out.eod();
                })
                .backup(JobSettings.named("x"), List.of(), Receiver.NONE, rules);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(got).containsExactly("100");
    }

    @Test
    void keepAndGoneTellWhatWasDeleted() throws IOException {
        Recording base = Recording.inMemory(Dialect.extended());
        peer(Dialect.extended(), "", (in, out) -> {
                    for (String name : List.of("/a/1", "/a/2", "/ab", "/b/x/1", "/b/2", "/c")) {
                        ScriptedBackend.file(out, name);
                    }
                    out.eod();
                })
                .backup(JobSettings.named("x"), List.of(), base);
        AccurateList list = AccurateList.of(List.of(base.job()));
        Recording recording = Recording.inMemory(Dialect.extended());
        JobReport report = peer(Dialect.extended(), "seen", (in, out) -> {
                    out.command("KEEP:/a");
                    out.command("KEEP:/b/");
                    out.command("GONE:/b/x/");
                    out.command("GONE:/a/2");
                    ScriptedBackend.file(out, "/c");
                    out.eod();
                })
                .backup(
                        JobSettings.named("y")
                                .basedOn(Level.INCREMENTAL, 1, "x")
                                .withAccurate(true),
                        List.of(),
                        recording,
                        list);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(list.deleted().stream().map(String::new)).containsExactly("/a/2", "/ab", "/b/x/1");
        assertThat(recording.job().gone()).hasSize(2);
        assertThat(report.observed().fileIndex()).isEqualTo(2); // one deletion of its own, one file
    }
}
