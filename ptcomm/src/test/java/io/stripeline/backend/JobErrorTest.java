package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.FileDaemon;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Limits;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.Receiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the JVM cannot go on from ends the job with one line in its log, and is no silence. */
@Timeout(120)
class JobErrorTest {
    @TempDir
    Path work;

    private Path tree;

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        for (int i = 0; i < 50; i++) {
            Files.writeString(tree.resolve("f" + i), "content");
        }
    }

    private PluginPeer peer() throws IOException {
        return new PluginPeer(Dialect.extended(), new BackendInProcess().start(), Conduct.GOOD, Limits.STANDARD);
    }

    private JobSettings settings() {
        return JobSettings.named("error.2026-11-25_16.00.00_01")
                .withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private List<byte[]> words() {
        return PluginPeer.parameters("path=" + tree, "fs=broken");
    }

    private static void isTold(JobReport report) {
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.ABORTED);
        assertThat(report.failure()).contains("internal error").contains("not linked");
        assertThat(report.ending()).as(report.toString()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    @Test
    void ofAReaderOfFiles() throws IOException {
        Files.writeString(tree.resolve("unlinked"), "x");
        isTold(peer().backup(settings(), words(), Receiver.NONE));
    }

    @Test
    void ofAReaderOfLinks() throws IOException {
        Files.createSymbolicLink(tree.resolve("unlinked"), Path.of("f1"));
        isTold(peer().backup(settings(), words(), Receiver.NONE));
    }

    /** On the thread that writes to the plugin. */
    @Test
    void ofAnEstimate() throws IOException {
        Files.createSymbolicLink(tree.resolve("unlinked"), Path.of("f1"));
        isTold(peer().estimate(settings(), words(), Receiver.NONE, FileDaemon.ANY));
    }

    /** It looks through the driver of {@code fs=}, as the backup would. */
    @Test
    void ofAListing() throws IOException {
        Files.createSymbolicLink(tree.resolve("unlinked"), Path.of("f1"));
        isTold(peer().listing(settings(), words(), tree.toString(), Receiver.NONE));
    }

    @Test
    void aDriverThatNobodyKnowsIsNoListingEither() throws IOException {
        JobReport report = peer().listing(
                        settings(), PluginPeer.parameters("path=" + tree, "fs=lustr"), tree.toString(), Receiver.NONE);
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.ABORTED);
        assertThat(report.failure()).contains("fs=lustr: expected");
    }

    @Test
    void aLocalFailureIsNamedWithItsFile() {
        assertThat(Jobs.reason(new AccessDeniedException("/var/lib/x"))).isEqualTo("/var/lib/x: permission denied");
        IOException full = new IOException("No space left on device");
        assertThat(Jobs.reason(new UncheckedIOException("The cursor cannot be kept in /var/lib", full)))
                .isEqualTo("The cursor cannot be kept in /var/lib (No space left on device)");
        assertThat(Jobs.reason(new UncheckedIOException("/x: No space left on device", full)))
                .isEqualTo("/x: No space left on device");
        assertThat(Jobs.reason(new UncheckedIOException(new NoSuchFileException("/y"))))
                .isEqualTo("/y: no such file or directory");
    }
}
