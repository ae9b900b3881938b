package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobReport.Result;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Directories that anybody can make, of which one name fills a packet or more. */
@Timeout(120)
final class DeepNamesTest {
    private static final int NAME_BYTES = 250;

    @TempDir
    private Path work;

    private Path tree;

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended());
    }

    @AfterEach
    void clear() throws Exception {
        if (tree != null) {
            deeply(() -> DiskTree.clear(tree));
        }
    }

    /** The test kit goes down a tree by recursion. */
    private static void deeply(Runnable work) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        new Thread(
                        null,
                        () -> done.completeAsync(
                                () -> {
                                    work.run();
                                    return null;
                                },
                                Runnable::run),
                        "deep",
                        256 << 20)
                .start();
        done.get(60, TimeUnit.SECONDS);
    }

    private void plant(int levels) throws Exception {
        tree = Files.createDirectory(work.resolve("tree"));
        Tree deep = Tree.file("end", 1);
        for (int level = 0; level < levels; level++) {
            deep = Tree.dir("n".repeat(NAME_BYTES), deep);
        }
        Tree all = Tree.root(Tree.file("beside", 1), deep);
        deeply(() -> DiskTree.create(tree, all));
    }

    private JobReport backup(Dialect dialect, Recording recording) throws Exception {
        return new PluginPeer(dialect, new BackendInProcess().start())
                .backup(
                        JobSettings.named("full").withDirectories(work.toString(), work + "/", "/usr/sbin/"),
                        PluginPeer.parameters("path=" + tree),
                        recording);
    }

    /** More than what is gathered with other records. */
    @ParameterizedTest
    @MethodSource("dialects")
    void aNameOfSeventyThousandBytesIsSaved(Dialect dialect) throws Exception {
        plant(280);
        Recording recording = Recording.inMemory(dialect);
        assertThat(backup(dialect, recording).result()).isEqualTo(Result.OK);
        try (RecordedJob job = recording.job()) {
            assertThat(job.names())
                    .hasSize(1 + 1 + 280 + 1)
                    .anyMatch(name -> name.length() > 70_000 && name.endsWith("/end"));
        }
    }

    @Test
    void oneThatNoPacketCarriesIsAnErrorOfItsOwn() throws Exception {
        Dialect dialect = Dialect.extended();
        plant(1_060);
        Recording recording = Recording.inMemory(dialect);
        JobReport report = backup(dialect, recording);
        assertThat(report.result()).as(report.toString()).isEqualTo(Result.WITH_ERRORS);
        assertThat(report.texts(Status.FILE_ERROR))
                .singleElement()
                .asString()
                .contains("is not saved, nor what is below it", "Move it up");
        try (RecordedJob job = recording.job()) {
            assertThat(job.names()).contains(tree + "/beside").noneMatch(name -> name.endsWith("/end"));
        }
    }
}
