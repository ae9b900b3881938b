package io.stripeline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.ChannelLink;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainBackendTest {
    @TempDir
    private Path root;

    @Test
    void savesWhatIsYoung() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("d/young"), "hello");
        Files.writeString(root.resolve("d/old"), "long ago");
        Files.setLastModifiedTime(root.resolve("d/old"), FileTime.fromMillis(1_000));
        Pipe toPlugin = Pipe.open();
        Pipe toBackend = Pipe.open();
        CompletableFuture<Void> backend = CompletableFuture.runAsync(() -> {
            PlainBackend.save(root, 24, toBackend.source(), toPlugin.sink());
            close(toBackend, toPlugin);
        });
        Recording recording = Recording.inMemory(Dialect.extended());
        JobReport report = new PluginPeer(
                        Dialect.extended(),
                        new ChannelLink(toPlugin.source(), toBackend.sink(), () -> close(toBackend, toPlugin), backend))
                .backup(JobSettings.named("young"), PluginPeer.parameters("path=" + root), recording)
                .orThrow();

        assertThat(report.ending().isClean()).isTrue();
        try (RecordedJob job = recording.job()) {
            assertThat(job.names()).containsExactlyInAnyOrder(root + "/", root + "/d/", root + "/d/young");
        }
    }

    private static void close(Pipe toBackend, Pipe toPlugin) {
        try {
            toBackend.source().close();
            toPlugin.sink().close();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
