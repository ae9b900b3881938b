package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import io.stripeline.testkit.LargeXattrTree;
import io.stripeline.testkit.XattrPlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Neighbours with large extended attributes, more of them together than the backend has heap. */
@Timeout(240)
final class LargeXattrJobTest {
    private static final int ENTRIES = 30;
    private static final long HEAP_BYTES = 96L << 20; // of the process

    @TempDir
    private Path work;

    private final XattrPlace place = new XattrPlace();

    @AfterEach
    void clear() {
        place.close();
    }

    /** Those that carry parts in any number. */
    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    private PluginPeer peer(Dialect dialect) throws Exception {
        return new PluginPeer(dialect, new BackendProcess(work.resolve("backend.log")).start());
    }

    private JobSettings settings(String name) {
        return JobSettings.named(name).withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private static void assertGood(JobReport report) {
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.OK);
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void moreThanTheHeapComesBack(Dialect dialect) throws Exception {
        Path top = place.open();
        Path from = top.resolve("from");
        LargeXattrTree tree = new LargeXattrTree(from, place.space(), ENTRIES);
        assertThat(tree.valueBytes()).isGreaterThan(HEAP_BYTES);
        var words = dialect.metadata()
                ? PluginPeer.parameters("path=" + from, "metadata=yes")
                : PluginPeer.parameters("path=" + from);

        Recording recording = Recording.inMemory(dialect);
        assertGood(peer(dialect).backup(settings("full.2026"), words, recording));

        Path to = Files.createDirectory(top.resolve("to"));
        try (RecordedJob job = recording.job()) {
            assertGood(peer(dialect).restore(settings("restore.2026").withWhere(to.toString()), words, Replay.of(job)));
        }
        tree.assertCopied(to.resolve(from.toString().substring(1)));
    }
}
