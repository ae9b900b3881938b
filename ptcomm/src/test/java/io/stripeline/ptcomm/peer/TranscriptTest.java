package io.stripeline.ptcomm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.JobBlock.Level;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conversations that were recorded between the stock plugin and backends: every byte of the plugin's is the peer's. */
@Timeout(60)
class TranscriptTest {
    private static JobSettings job(String name, long id) {
        return JobSettings.named(name)
                .withJobId(id)
                .withoutPreviousJob()
                .withDirectories("/lab/var/fd", "/lab/etc/", "/lab/sbin/");
    }

    private static PluginPeer peer(String transcript) {
        return new PluginPeer(
                Dialect.stock(), ScriptedBackend.playing(Transcript.of(transcript)), Conduct.GOOD, Limits.SHORT);
    }

    private static RecordedJob backup(String transcript, JobSettings job, Result expected, String... words) {
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = peer(transcript).backup(job, PluginPeer.parameters(words), recording);
        assertThat(report.result()).as(report.toString()).isEqualTo(expected);
        assertThat(report.ending().isClean()).as(report.toString()).isTrue();
        return recording.job();
    }

    private static RecordedJob full() {
        return backup(
                "backup.txt",
                job("j8c98aefbde.2026-11-22_12.03.37_05", 1),
                Result.OK,
                "path=/data/proj",
                "t=auto,rosmall,po,meta");
    }

    @Test
    void fullBackup() {
        RecordedJob job = full();

        assertThat(job.names())
                .containsExactly(
                        "/data/proj/run/hard",
                        "/data/proj/run/link",
                        "/data/proj/run/out.bin",
                        "/data/proj/run/",
                        "/data/proj/README",
                        "/data/proj/empty",
                        "/data/proj/");
        assertThat(job.objects())
                .extracting(RestoreObject::toString)
                .containsExactly("layout (27 bytes)", "links (22 bytes)");
        assertThat(job.pluginObjects().get(0).fields())
                .containsEntry("NAME", "tree one")
                .hasSize(8);
        RecordedFile hard = job.file("/data/proj/run/hard").orElseThrow();
        assertThat(hard.content()).asString().isEqualTo("hello world\n");
        assertThat(hard.acl()).hasSize(113);
        assertThat(hard.xattr()).asString().isEqualTo("user.note=6e31\n");
        assertThat(hard.head().metadata()).hasSize(1);
        assertThat(hard.head().fileIndex()).isEqualTo(4);
        assertThat(job.file("/data/proj/README").orElseThrow().head().stat().linkIndex())
                .isEqualTo(4);
        assertThat(job.file("/data/proj/run/out.bin").orElseThrow().records()).isEqualTo(2);
    }

    @Test
    void restoreOfIt() {
        JobReport report = peer("restore.txt")
                .restore(
                        job("restore.2026-11-22_12.03.43_07", 2).withWhere("/restore"),
                        PluginPeer.parameters("path=/data/proj", "t=auto,rosmall,po,meta"),
                        Replay.of(full()));

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.ending().isClean()).as(report.toString()).isTrue();
    }

    @Test
    void filesThatFail() {
        RecordedJob job =
                backup("errors.txt", job("bad.2026-11-22_12.05.00_09", 3), Result.WITH_ERRORS, "path=/data/bad");

        assertThat(job.names()).containsExactly("/data/bad/emid_qf", "/data/bad/eopen_qf", "/data/bad/z_good");
        assertThat(job.file("/data/bad/z_good").orElseThrow().content())
                .asString()
                .isEqualTo("good");
    }

    @Test
    void filesThatFailTheWrongWay() {
        JobReport report = peer("errors-wrong.txt")
                .backup(job("bad.2026-11-22_12.05.00_09", 3), PluginPeer.parameters("path=/data/bad"), Receiver.NONE);

        assertThat(report.result()).isEqualTo(Result.VIOLATION);
        assertThat(report.failure()).contains("Rule 20").contains("E000020 'cannot open eopen_ef'");
    }

    @Test
    void refusedJob() {
        JobReport report = peer("refused.txt")
                .backup(
                        job("refused.2026-11-22_12.06.00_11", 4),
                        PluginPeer.parameters("path=/data/proj"),
                        Receiver.NONE);

        assertThat(report.result()).isEqualTo(Result.ABORTED);
        assertThat(report.failure()).isEqualTo("cannot start");
        assertThat(report.ending().isClean()).as(report.toString()).isTrue();
    }

    @Test
    void accurateIncremental() {
        FileDaemon director = new FileDaemon() {
            @Override
            public Known known(byte[] name) {
                return switch (new String(name, StandardCharsets.UTF_8)) {
                    case "/data/proj/run/hard" -> known("F 12 0 0 100664 2", 1795349021, 1700000000, 1795349016);
                    case "/data/proj/run/link" -> known("S 9 0 0 120777 1", 1795349021, 1795349016, 1795349016);
                    case "/data/proj/run/out.bin" -> known("F 70000 0 0 100644 1", 1, 1700000002, 1795349016);
                    case "/lab/src/inc/change" -> known("F 8 0 0 100644 1", 1795345115, 1795345107, 1795345107);
                    case "/lab/src/inc/" -> known("D 4096 0 0 040755 3", 1795345101, 1795345094, 1795345094);
                    default -> null;
                };
            }

            private Known known(String stat, long atime, long mtime, long ctime) {
                return new Known(
                        StatLine.parse(stat.getBytes(StandardCharsets.US_ASCII)), new TimeLine(atime, mtime, ctime));
            }
        };
        JobSettings job = job("j8c98aefbde.2026-11-22_12.04.05_12", 5)
                .basedOn(Level.INCREMENTAL, 1795349042, "")
                .withoutPreviousJob()
                .withAccurate(true);
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = peer("accurate.txt")
                .backup(job, PluginPeer.parameters("path=/data/proj", "t=auto"), recording, director);

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(recording.job().names()).containsExactly("/data/proj/run/hard", "/data/proj/run/");
    }

    @Test
    void estimate() {
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = peer("estimate.txt")
                .estimate(
                        job("-Console-.2026-11-22_10.57.10_15", 77),
                        PluginPeer.parameters("path=/lab/src/t2"),
                        recording,
                        FileDaemon.ANY);

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(recording.job().names()).containsExactly("/lab/src/t2/one", "/lab/src/t2/");
    }

    @Test
    void listing() {
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = peer("listing.txt")
                .listing(
                        job("-Console-.2026-11-22_10.57.10_16", 0),
                        PluginPeer.parameters("path=/lab/src"),
                        "/lab/src/rst",
                        recording);

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(recording.job().names()).containsExactly("a1", "dir1/", "lnk");
    }

    @Test
    void query() {
        JobReport report = peer("query.txt")
                .query(job("-Console-.2026-11-22_10.57.10_17", 0), PluginPeer.parameters("path=/lab/src"), "multi");

        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
        assertThat(report.answers().stream().map(String::new).toList())
                .isEqualTo(List.of("id=1,name=one", "id=2,name=two"));
        assertThat(report.messageCounts()).doesNotContainKey(Status.WARNING);
    }
}
