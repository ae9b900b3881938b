package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the console's plugin options do to a restore: they come behind the command's own parameters. */
@Timeout(60)
final class RestoreChoiceTest {
    @TempDir
    private Path work;

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    private JobSettings settings(String name) {
        return JobSettings.named(name).withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private JobReport restore(Dialect dialect, RecordedJob job, JobSettings settings, String... more) throws Exception {
        String[] words = Stream.concat(Stream.of("path=" + work.resolve("tree")), Stream.of(more))
                .toArray(String[]::new);
        return new PluginPeer(dialect, new BackendInProcess().start())
                .restore(settings, PluginPeer.parameters(words), Replay.of(job));
    }

    private RecordedJob backup(Dialect dialect) throws Exception {
        Path tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(
                tree,
                Tree.root(
                        Tree.file("file", Content.of("saved")).mtime(1_000, 0),
                        Tree.fifo("fifo"),
                        Tree.hardLink("one more", "fifo"),
                        Tree.symlink("link", "file")));
        Recording recording = Recording.inMemory(dialect);
        new PluginPeer(dialect, new BackendInProcess().start())
                .backup(settings("full.2026"), PluginPeer.parameters("path=" + tree), recording)
                .orThrow();
        return recording.job();
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void withoutDevicesSocketsAndFifos(Dialect dialect) throws Exception {
        try (RecordedJob job = backup(dialect)) {
            Path to = Files.createDirectory(work.resolve("to"));
            Path copy = Path.of(to + "" + work.resolve("tree"));
            JobReport report = restore(dialect, job, settings("restore.2026").withWhere(to.toString()), "devices=no")
                    .orThrow();
            assertThat(report.texts(Status.FILE_ERROR)).isEmpty();
            assertThat(report.texts(Status.WARNING)).isEmpty();
            assertThat(copy.resolve("file")).hasContent("saved");
            assertThat(copy.toFile().list()).containsExactlyInAnyOrder("file", "link");
            restore(dialect, job, settings("again.2026").withWhere(to.toString()), "devices=no", "devices=yes")
                    .orThrow();
            assertThat(Files.exists(copy.resolve("one more"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void overWhatIsThereAsTheConsoleSays(Dialect dialect) throws Exception {
        try (RecordedJob job = backup(dialect)) {
            Path to = Files.createDirectory(work.resolve("to"));
            Path copy = Path.of(to + "" + work.resolve("tree/file"));
            Files.createDirectories(copy.getParent());
            for (String rule : new String[] {"never", "newer"}) {
                Files.writeString(copy, "there");
                restore(dialect, job, settings(rule + ".2026").withWhere(to.toString()), "overwrite=" + rule)
                        .orThrow();
                assertThat(copy).as(rule).hasContent("there");
            }
            restore(
                            dialect,
                            job,
                            settings("always.2026").withWhere(to.toString()).withReplace(JobBlock.Replace.NEVER),
                            "overwrite=always")
                    .orThrow();
            assertThat(copy).hasContent("saved");
            Files.writeString(copy, "there");
            restore(
                            dialect,
                            job,
                            settings("job.2026").withWhere(to.toString()).withReplace(JobBlock.Replace.NEVER),
                            "overwrite=")
                    .orThrow();
            assertThat(copy).hasContent("there");
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void aRuleThatIsUnknownEndsTheRestore(Dialect dialect) throws Exception {
        try (RecordedJob job = backup(dialect)) {
            JobReport report = restore(dialect, job, settings("restore.2026"), "overwrite=sometimes");
            assertThat(report.result()).isEqualTo(JobReport.Result.ABORTED);
            assertThat(report.failure()).contains("overwrite=sometimes: expected always, newer, older or never");
        }
    }
}
