package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Processes;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedFile;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Ext4Image;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Extended attributes beyond one packet: in parts where the plugin has places for them, else a message of that file. */
@Timeout(120)
final class LongAttributesTest {
    private static final int VALUE_BYTES = 64 << 10;

    @TempDir
    private Path work;

    private Ext4Image ext4;
    private Path from;
    private Path to;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(Processes.isRoot(), "a filesystem with room for long attributes needs root");
        Path mount = Files.createDirectory(work.resolve("mount"));
        ext4 = Ext4Image.withLongXattrs(work.resolve("image"), mount);
        from = Files.createDirectory(mount.resolve("from"));
        to = Files.createDirectory(mount.resolve("to"));
    }

    @AfterEach
    void unmount() throws Exception {
        if (ext4 != null) {
            ext4.close();
        }
    }

    /** Plugins with METADATA_STREAM, where parts can be any number. */
    static Stream<Dialect> anyNumberOfParts() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    /** Plugins with two places: that of XATTR and that of ACL. */
    static Stream<Dialect> twoParts() {
        return Stream.of(Dialect.stockWithoutMetadata(), Dialect.extended(Extensions.NONE));
    }

    static Stream<Dialect> all() {
        return Stream.concat(anyNumberOfParts(), twoParts());
    }

    private void plant(int values) {
        Tree file = Tree.file("file", Content.of("content"));
        for (int i = 0; i < values; i++) {
            byte[] value = new byte[VALUE_BYTES];
            new Random(i).nextBytes(value);
            file = file.xattr("user.large" + i, value);
        }
        DiskTree.create(from, Tree.root(file, Tree.file("other", 10)));
    }

    private JobSettings settings(String name) {
        return JobSettings.named(name).withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private List<byte[]> words(Dialect dialect) {
        return dialect.metadata()
                ? PluginPeer.parameters("path=" + from, "metadata=yes")
                : PluginPeer.parameters("path=" + from);
    }

    private JobReport backup(Dialect dialect, Recording recording) throws Exception {
        return new PluginPeer(dialect, new BackendInProcess().start())
                .backup(settings("full.2026"), words(dialect), recording);
    }

    private Path restored(Dialect dialect, RecordedJob job) throws Exception {
        JobReport report = new PluginPeer(dialect, new BackendInProcess().start())
                .restore(settings("restore.2026").withWhere(to.toString()), words(dialect), Replay.of(job))
                .orThrow();
        assertThat(report.texts(Status.FILE_ERROR)).isEmpty();
        return to.resolve(from.toString().substring(1));
    }

    private void comesBack(Dialect dialect, int values) throws Exception {
        plant(values);
        Recording recording = Recording.inMemory(dialect);
        assertThat(backup(dialect, recording).result()).isEqualTo(Result.OK);
        try (RecordedJob job = recording.job()) {
            DiskFacts.of(from).assertSame(DiskFacts.of(restored(dialect, job)));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aMebibyteComesBack(Dialect dialect) throws Exception {
        comesBack(dialect, 16);
    }

    @ParameterizedTest
    @MethodSource("anyNumberOfParts")
    void twoMebibytesComeBackInThreeParts(Dialect dialect) throws Exception {
        comesBack(dialect, 32);
    }

    @ParameterizedTest
    @MethodSource("twoParts")
    void twoMebibytesAreAMessageAndTheContentIsSaved(Dialect dialect) throws Exception {
        plant(32);
        Recording recording = Recording.inMemory(dialect);
        JobReport report = backup(dialect, recording);
        assertThat(report.result()).isEqualTo(Result.WITH_ERRORS);
        assertThat(report.texts(Status.FILE_ERROR))
                .containsExactly(from
                        + "/file: the extended attributes of file are longer than the 1800000 bytes that a stock plugin"
                        + " carries; it is saved without them. Use stripeline-fd.so");
        try (RecordedJob job = recording.job()) {
            RecordedFile file = job.file(from + "/file").orElseThrow();
            assertThat(file.content()).asString().isEqualTo("content");
            DiskFacts.of(from).assertSame(DiskFacts.of(restored(dialect, job)), Field.XATTRS);
        }
    }
}
