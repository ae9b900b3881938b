package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that are stopped, killed, or find no room: they end in time, truthfully, and the next one runs. */
final class TroubleIT {
    private static final Duration GONE = Duration.ofSeconds(10);
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    /** One file that takes half a minute. */
    private static Path slow(String name) throws Exception {
        Path tree = lab.tree(name);
        byte[] content = new byte[60 << 20];
        new Random(7).nextBytes(content);
        Files.write(tree.resolve("large"), content);
        Files.writeString(tree.resolve("small"), "x");
        lab.define(name, "stripeline: path=" + tree + " rate=2M");
        return tree;
    }

    private static ProcessHandle backendOf(int job) {
        return Midway.of(lab, job, Midway.SOME_BYTES);
    }

    @Test
    void aCancelLeavesNoProcess() throws Exception {
        slow("cancel");
        int job = lab.start("cancel", "Full");
        ProcessHandle backend = backendOf(job);
        lab.console("cancel jobid=" + job + " yes");
        Awaitility.await().atMost(GONE).until(() -> !backend.isAlive());
        assertThat(lab.end(job).status()).isEqualTo("A");
        Awaitility.await().atMost(GONE).until(() -> Midway.ofFileDaemon(lab).isEmpty());
    }

    /** Five of each, in the middle of a file: what one leaves in bacula-fd would be there five times. */
    @Test
    void cancelsLeaveNothingInBaculaFd() throws Exception {
        Path tree = slow("descriptors");
        lab.define("descriptors-full", "stripeline: path=" + tree);
        JobResult full = lab.run("descriptors-full", "Full").good();
        cancelInMidFile(lab.start("descriptors", "Full")); // what the first one opens for good
        long before = lab.descriptors("bacula-fd");
        for (int i = 0; i < 5; i++) {
            cancelInMidFile(lab.start("descriptors", "Full"));
            cancelInMidFile(lab.startRestore(List.of(full.id()), "where=" + lab.target("descriptors")));
        }
        Awaitility.await().atMost(GONE).until(() -> lab.descriptors("bacula-fd") <= before);
        Awaitility.await().atMost(GONE).until(() -> Midway.ofFileDaemon(lab).isEmpty());
    }

    /** The backend stands still from some mebibytes on, since a restore is too quick for a console, until it is told. */
    private static void cancelInMidFile(int job) throws Exception {
        ProcessHandle backend = Midway.held(lab, job, Midway.SOME_BYTES);
        assertThat(Midway.ofFileDaemon(lab)).contains(backend); // that we look where it is
        lab.console("cancel jobid=" + job + " yes");
        Midway.goOn(backend);
        Awaitility.await().atMost(GONE).until(() -> !backend.isAlive());
        assertThat(lab.end(job).status()).isEqualTo("A");
    }

    @Test
    void aKilledBackendFailsItsJobAndNoOther() throws Exception {
        Path tree = slow("killed");
        Path beside = lab.tree("beside");
        Files.write(beside.resolve("large"), new byte[24 << 20]);
        lab.define("beside", "stripeline: path=" + beside + " rate=8M");
        long fileDaemon = lab.daemon("bacula-fd").pid();
        int job = lab.start("killed", "Full");
        int other = lab.start("beside", "Full");
        ProcessHandle running = Midway.held(lab, other, Midway.SOME_BYTES);
        assertThat(backendOf(job).destroyForcibly()).isTrue();
        JobResult killed = lab.end(job);
        assertThat(killed.status()).as(killed.log()).isIn("E", "f");
        assertThat(lab.hasEnded(other)).isFalse();
        Midway.goOn(running);
        JobResult good = lab.end(other).good();
        Path target = lab.target("beside");
        lab.restore(List.of(good.id()), "where=" + target).good();
        lab.assertSame(beside, Path.of(target + "" + beside));
        assertThat(lab.daemon("bacula-fd").pid()).isEqualTo(fileDaemon);
        lab.define("killed", "stripeline: path=" + tree);
        lab.run("killed", "Full").good();
    }

    @Test
    void aJobThatCannotStartSaysWhy() throws Exception {
        lab.define("wrong", "stripeline: path=/does/not/exist");
        assertRefused(lab.run("wrong", "Full"), "path=/does/not/exist: no such directory");
        lab.define("wrong", "stripeline: path=/tmp shard=9/4");
        assertRefused(lab.run("wrong", "Full"), "shard=9/4: ");
        Path tree = lab.tree("wrong");
        lab.define("wrong", "stripeline: path=" + tree + " worker=3");
        JobResult unknown = lab.run("wrong", "Full"); // which is no reason not to save
        assertThat(unknown.status()).as(unknown.log()).isEqualTo("T");
        assertThat(unknown.log().lines().filter(line -> line.contains("worker=")))
                .hasSize(1)
                .allMatch(line -> line.contains("unknown key worker=") && line.contains("did you mean workers=?"));
    }

    /** It fails, and exactly one line of its log says why. */
    private static void assertRefused(JobResult job, String reason) {
        assertThat(job.status()).as(job.log()).isIn("E", "f");
        assertThat(job.log().lines().filter(line -> line.contains(reason)))
                .as(job.log())
                .hasSize(1);
    }

    @Test
    void noRoomAtRestore() throws Exception {
        Path tree = lab.tree("room");
        byte[] content = new byte[3 << 20];
        new Random(8).nextBytes(content);
        Files.write(tree.resolve("a-large"), content);
        Files.writeString(tree.resolve("b-small"), "fits");
        lab.define("room", "stripeline: path=" + tree);
        JobResult full = lab.run("room", "Full").good();
        Path target = lab.target("room");
        String small = lab.seenByDaemons(target).toString();
        lab.run(List.of("mount", "-t", "tmpfs", "-o", "size=2m", "none", small), "");
        try {
            JobResult restored = lab.restore(List.of(full.id()), "where=" + target);
            assertThat(restored.status()).as(restored.log()).isIn("E", "f");
            assertThat(restored.log()).contains(target + "" + tree.resolve("a-large") + ": ENOSPC");
            assertThat(lab.backends(restored.id())).isEmpty();
        } finally {
            lab.run(List.of("umount", small), "");
        }
    }

    /** With our extension and as with a stock plugin. */
    @ParameterizedTest
    @ValueSource(strings = {"", " slx=off"})
    void stopAndResume(String options) throws Exception {
        String name = "stopped" + options.replaceAll("[^a-z]", "");
        Path tree = slow(name);
        lab.define(name, "stripeline: path=" + tree + " rate=2M" + options);
        int job = lab.start(name, "Full");
        ProcessHandle backend = backendOf(job);
        lab.console("stop jobid=" + job + " yes");
        Awaitility.await().atMost(GONE).until(() -> !backend.isAlive());
        assertThat(lab.end(job).status()).isEqualTo("I");
        lab.define(name, "stripeline: path=" + tree + options);
        lab.console("resume incomplete jobid=" + job + " yes");
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(() ->
                        lab.sql("select JobStatus from Job where JobId=" + job).startsWith("T"));
        Path target = lab.target(name);
        lab.restore(List.of(job), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }
}
