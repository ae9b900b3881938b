package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.logged.LoggedTree;
import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.Receiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A temporary directory of this machine that cannot be written to ends the job that needs it, with one line that names
 * the place and the reason; a job that needs none does not care.
 */
@Timeout(60)
final class LocalTroubleTest {
    private static final String PROPERTY = "java.io.tmpdir";

    @TempDir
    private Path work;

    private Path tree;
    private String before;

    @BeforeEach
    void plant() throws IOException {
        before = System.getProperty(PROPERTY);
        tree = Files.createDirectory(work.resolve("tree"));
        Files.writeString(Files.createDirectory(tree.resolve("renamed")).resolve("f"), "content");
    }

    @AfterEach
    void asBefore() {
        System.setProperty(PROPERTY, before);
    }

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    private PluginPeer peer(Dialect dialect) throws IOException {
        return new PluginPeer(dialect, new BackendInProcess().start());
    }

    /** Of a base that left no cursor. */
    private JobSettings incremental() {
        return JobSettings.named("local.2026")
                .withDirectories(work.toString(), work + "/", "/usr/sbin/")
                .basedOn(JobBlock.Level.INCREMENTAL, 1_000_000, "of.another.release");
    }

    private static void endsWith(JobReport report, String failure) {
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.ABORTED);
        assertThat(report.failure()).startsWith(failure).doesNotContain("internal error", "\n");
        assertThat(report.ending()).as(report.toString()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    /** Its inode is newer than the base, what is in it is not: a directory that counts as renamed. */
    private void rename() throws IOException {
        Files.setLastModifiedTime(tree.resolve("renamed"), FileTime.from(1, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void aTemporaryDirectoryThatIsMissingEndsTheJobThatNeedsIt(Dialect dialect) throws IOException {
        Path missing = temporary("missing");
        List<byte[]> words = PluginPeer.parameters("path=" + tree);
        assertThat(peer(dialect).backup(incremental(), words, Receiver.NONE).result())
                .as("without renamed directories")
                .isEqualTo(JobReport.Result.OK);
        rename();
        String failure = "Directories that were renamed cannot be kept in " + missing + " (" + missing + "/";
        JobReport backup = peer(dialect).backup(incremental(), words, Receiver.NONE);
        endsWith(backup, failure);
        assertThat(backup.failure()).endsWith(": no such file or directory)");
        endsWith(peer(dialect).estimate(incremental(), words, Receiver.NONE, FileDaemon.ANY), failure);
    }

    @Test
    void aFileInItsPlaceIsNamedToo() throws IOException {
        Path file = Files.writeString(temporary("file"), "x");
        rename();
        JobReport report =
                peer(Dialect.extended()).backup(incremental(), PluginPeer.parameters("path=" + tree), Receiver.NONE);
        endsWith(report, "Directories that were renamed cannot be kept in " + file + " (" + file + "/");
        assertThat(report.failure()).endsWith(": Not a directory)");
    }

    /** What a driver's log tells is kept on disk at once: nothing wraps that failure. */
    @Test
    void changesOfALogNeedItFromTheStart() throws Exception {
        LoggedTree logged = new LoggedTree(Files.createDirectory(work.resolve("logged")));
        logged.write("f", "first");
        List<byte[]> words = PluginPeer.parameters("path=" + work.resolve("logged"), "fs=logged");
        JobSettings full = JobSettings.named("base.2026").withDirectories(work.toString(), work + "/", "/usr/sbin/");
        peer(Dialect.extended()).backup(full, words, Receiver.NONE).orThrow();
        logged.write("f", "second");
        Path missing = temporary("missing");
        JobReport report = peer(Dialect.extended())
                .backup(
                        JobSettings.named("next.2026")
                                .withDirectories(work.toString(), work + "/", "/usr/sbin/")
                                .basedOn(JobBlock.Level.INCREMENTAL, 1, "base.2026"),
                        words,
                        Receiver.NONE);
        endsWith(report, missing + "/");
        assertThat(report.failure()).endsWith(": no such file or directory");
    }

    private Path temporary(String name) {
        Path out = work.resolve(name);
        System.setProperty(PROPERTY, out.toString());
        return out;
    }
}
