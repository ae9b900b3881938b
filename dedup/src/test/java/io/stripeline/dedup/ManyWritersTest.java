package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes make one store and write to it at the same time; nothing but the directory tells them of each other. */
class ManyWritersTest {
    private static final int WRITERS = 3;
    private static final int SHARED_FILES = 40;
    private static final int SHARED_BYTES = 100_000;

    @TempDir
    Path temporary;

    private Path store;
    private final List<Path> sources = new ArrayList<>();

    private void makeSources() throws Exception {
        for (int writer = 0; writer < WRITERS; writer++) {
            Path source = Files.createDirectory(temporary.resolve("source" + writer));
            List<Tree> files = new ArrayList<>();
            for (int i = 0; i < SHARED_FILES; i++) {
                files.add(Tree.file("shared" + i, Content.random(i, SHARED_BYTES)));
            }
            files.add(Tree.file("own", Content.random(1000 + writer, 700_000)));
            DiskTree.create(source, Tree.root(Tree.dir("d").children(files)));
            sources.add(source);
        }
    }

    private Process start(Path source, String checkpointMillis) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BackupChild.class.getName(),
                source.toString(),
                store.toString(),
                temporary.toString(),
                checkpointMillis);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private List<String> runAll(String checkpointMillis) throws Exception {
        List<Process> children = new ArrayList<>();
        for (Path source : sources) {
            children.add(start(source, checkpointMillis));
        }
        List<String> ids = new ArrayList<>();
        for (Process child : children) {
            String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).as(said).isZero();
            ids.add(said.substring(said.indexOf("stored ") + "stored ".length()).strip());
        }
        return ids;
    }

    private void assertRestored(DedupStore open, String id, Path source) {
        Job job = Job.start();
        StoredTree.assertRestored(open, open.find(id, job), source, job);
        assertThat(job.problems().groups()).isEmpty();
    }

    private long files(String folder) throws Exception {
        try (var walk = Files.walk(store.resolve(folder))) {
            return walk.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void allSnapshotsStandWhateverTheOrder() throws Exception {
        store = temporary.resolve("store");
        makeSources();
        List<String> ids = new ArrayList<>(runAll("1")); // a checkpoint after each item: as many commits as can be
        ids.addAll(runAll("600000"));
        Job job = Job.start();
        try (DedupStore open = DedupStore.open(store)) {
            assertThat(open.check(true, job).damages())
                    .as("%s", job.problems().groups())
                    .isZero();
            assertThat(open.snapshots(job).stream().map(StoredSnapshot::id)).containsExactlyInAnyOrderElementsOf(ids);
            for (int i = 0; i < ids.size(); i++) {
                assertRestored(open, ids.get(i), sources.get(i % WRITERS));
            }
            long once = (long) SHARED_FILES * SHARED_BYTES + WRITERS * 700_000L;
            long most = (long) WRITERS * SHARED_FILES * SHARED_BYTES + WRITERS * 700_000L;
            // metadata comes on top, and is little
            assertThat(open.stats(job).rawBytes()).isBetween(once, most + most / 10);
            assertThat(files("sessions")).isZero();
            Report again = new StoredTree(temporary, sources.get(0), store).backup(StoredTree.later());
            assertThat(again.get(io.stripeline.flow.Progress.Counter.BYTES)).isZero();
        }
    }
}
