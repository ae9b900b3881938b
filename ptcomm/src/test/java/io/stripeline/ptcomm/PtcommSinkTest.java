package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.broken.BrokenDriver;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.peer.ChannelLink;
import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Limits;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** A backend that a program makes of a stream of items and two channels, and of the parts of it. */
@Timeout(60)
class PtcommSinkTest {
    /** What runs behind the pipes. */
    private interface Backend {
        Report run(ReadableByteChannel in, GatheringByteChannel out) throws Exception;
    }

    @TempDir
    Path work;

    private Path tree;
    private final SlabPool slabs = Slabs.pool(8, 256 << 10);

    static Stream<Dialect> dialects() {
        return Stream.of(Dialect.stock(), Dialect.extended(), Dialect.extended(Extensions.ALL.without(Cap.BATCH)));
    }

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        DiskTree.create(
                tree,
                Tree.root(
                        Tree.dir("d", Tree.file("small", Content.of("hello"))),
                        Tree.file("big", Content.random(1, 3 << 20))));
    }

    private JobReport converse(Dialect dialect, Recording into, CompletableFuture<Report> told, Backend backend)
            throws IOException {
        Pipe toPlugin = Pipe.open();
        Pipe toBackend = Pipe.open();
        Thread thread = new Thread(
                () -> {
                    try {
                        told.complete(backend.run(toBackend.source(), toPlugin.sink()));
                    } catch (Exception failed) {
                        told.completeExceptionally(failed);
                    } finally {
                        close(toBackend, toPlugin);
                    }
                },
                "embedder");
        thread.start();
        PluginPeer peer = new PluginPeer(
                dialect,
                new ChannelLink(toPlugin.source(), toBackend.sink(), () -> close(toBackend, toPlugin), told),
                Conduct.GOOD,
                Limits.STANDARD);
        return peer.backup(JobSettings.named("embedded"), PluginPeer.parameters("path=" + tree), into);
    }

    private static void close(Pipe toBackend, Pipe toPlugin) {
        try {
            toBackend.source().close();
            toPlugin.sink().close();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private Flux<Item> items(Volume volume, Job job) {
        return volume.scan(ScanSpec.all(), job)
                .transform(Read.items(volume.content(), slabs, ReadSpec.of(volume.capabilities()), Base.NONE, job));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void itemsAreABackup(Dialect dialect) throws Exception {
        Recording recording = Recording.inMemory(dialect);
        CompletableFuture<Report> told = new CompletableFuture<>();
        JobReport report = converse(dialect, recording, told, (in, out) -> {
            Job job = Job.start();
            try (Volume volume = FileSystemDriver.openBest(tree)) {
                return Pipelines.run(items(volume, job), Ptcomm.sink(in, out, job))
                        .block();
            }
        });
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.OK);
        assertThat(report.ending().isClean()).as(report.toString()).isTrue();
        assertThat(told.get().get(Counter.ENTRIES)).isEqualTo(4);
        try (RecordedJob job = recording.job()) {
            assertThat(job.names())
                    .containsExactlyInAnyOrder(tree + "/", tree + "/d/", tree + "/d/small", tree + "/big");
            assertThat(job.file(tree + "/d/small").orElseThrow().content())
                    .asString()
                    .isEqualTo("hello");
            assertThat(job.file(tree + "/big").orElseThrow().content()).hasSize(3 << 20);
        }
    }

    @Test
    void itemsThatFailFailTheJob() throws Exception {
        CompletableFuture<Report> told = new CompletableFuture<>();
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = converse(
                Dialect.stock(),
                recording,
                told,
                (in, out) -> Flux.<Item>error(new IllegalStateException("the source has ended"))
                        .as(Ptcomm.sink(in, out)::write)
                        .block());
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.ABORTED);
        assertThat(report.failure()).contains("the source has ended");
        assertThatThrownBy(told::get).hasMessageContaining("the source has ended");
        recording.job().close();
    }

    /** What the sink is told of one entry becomes a line in the job's log. */
    @Test
    void anEntryThatFailsIsALine() throws Exception {
        Files.writeString(tree.resolve("unreadable"), "x");
        CompletableFuture<Report> told = new CompletableFuture<>();
        Recording recording = Recording.inMemory(Dialect.stock());
        JobReport report = converse(Dialect.stock(), recording, told, (in, out) -> {
            Job job = Job.start();
            try (Volume volume = new BrokenDriver().open(tree)) {
                return Pipelines.run(items(volume, job), Ptcomm.sink(in, out, job))
                        .block();
            }
        });
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.WITH_ERRORS);
        assertThat(report.texts(Status.FILE_ERROR)).singleElement().asString().contains(tree + "/unreadable");
        assertThat(told.get().isComplete()).isFalse();
        recording.job().close();
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void pluginObjectsAreItemsOfTheJob(Dialect dialect) throws Exception {
        PluginObject object = new PluginObject(
                RawPath.of(tree.toString()),
                PluginObject.Status.WARNING,
                Map.of(
                        PluginObject.Field.CATEGORY, "Filesystem",
                        PluginObject.Field.TYPE, "Tree",
                        PluginObject.Field.NAME, "tree one",
                        PluginObject.Field.SOURCE, "host1",
                        PluginObject.Field.UUID, "1234-5678"),
                1 << 20,
                7);
        Recording recording = Recording.inMemory(dialect);
        CompletableFuture<Report> told = new CompletableFuture<>();
        JobReport report = converse(dialect, recording, told, (in, out) -> {
            Job job = Job.start();
            try (Volume volume = FileSystemDriver.openBest(tree);
                    BackendSession session = BackendSession.accept(in, out, Extensions.ALL)) {
                session.ready();
                try (BackupBody body = BackupBody.begin(session, work, job)) {
                    Pipelines.run(items(volume, job), body.sink(RawPath.of(tree.toString())))
                            .block();
                    body.pluginObject(object);
                    body.pluginObject(PluginObject.of(RawPath.of("/@objects/two"), "two"));
                    body.end();
                }
                session.finish();
                return Report.of("", job);
            }
        });
        assertThat(report.result()).as(report.toString()).isEqualTo(JobReport.Result.OK);
        assertThat(report.observed().comparedCounts()).isTrue();
        assertThat(told.get().isComplete()).isTrue();
        try (RecordedJob job = recording.job()) {
            List<io.stripeline.ptcomm.peer.PluginObject> objects = job.pluginObjects();
            assertThat(objects).hasSize(2);
            assertThat(new String(objects.get(0).path())).isEqualTo(tree.toString());
            assertThat(objects.get(0).fields())
                    .containsEntry("CAT", "Filesystem")
                    .containsEntry("TYPE", "Tree")
                    .containsEntry("NAME", "tree one")
                    .containsEntry("SRC", "host1")
                    .containsEntry("UUID", "1234-5678")
                    .containsEntry("SIZE", "1048576")
                    .containsEntry("COUNT", "7")
                    .containsEntry("STATUS", "WARNING");
            assertThat(objects.get(1).fields())
                    .containsOnlyKeys("NAME", "SIZE", "COUNT", "STATUS")
                    .containsEntry("NAME", "two");
        }
    }

    @Test
    void aPluginObjectIsWhatTheWireCarries() {
        assertThatThrownBy(() -> PluginObject.of(RawPath.of("relative"), "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PluginObject.of(RawPath.of("/x"), "two\nlines"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
