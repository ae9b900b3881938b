package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.posix.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs that are stopped, killed, or find no room: they end in time, truthfully, and the next one runs. */
final class TroubleIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration GONE = Duration.ofSeconds(10);
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
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

    private static ProcessHandle backendOf(int job) throws Exception {
        Awaitility.await().atMost(START).until(() -> lab.backends(job).size() == 1);
        Thread.sleep(3000); // in the middle of the file
        return lab.backends(job).get(0);
    }

    @Test
    void aCancelLeavesNoProcess() throws Exception {
        slow("cancel");
        int job = lab.start("cancel", "Full");
        ProcessHandle backend = backendOf(job);
        lab.console("cancel jobid=" + job + " yes");
        Awaitility.await().atMost(GONE).until(() -> !backend.isAlive());
        assertThat(lab.end(job).status()).isEqualTo("A");
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
        assertThat(lab.daemon("bacula-fd").children()).isEmpty();
    }

    /** The backend stands still from some mebibytes on, since a restore is too quick for a console, until it is told. */
    private static void cancelInMidFile(int job) throws Exception {
        Awaitility.await().atMost(START).until(() -> lab.backends(job).size() == 1);
        ProcessHandle backend = lab.backends(job).get(0);
        Awaitility.await()
                .atMost(START)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> written(backend) > 3 << 20);
        int pid = Math.toIntExact(backend.pid());
        Processes.signal(pid, SIGSTOP);
        lab.console("cancel jobid=" + job + " yes");
        Processes.signal(pid, SIGCONT);
        Awaitility.await().atMost(GONE).until(() -> !backend.isAlive());
        assertThat(lab.end(job).status()).isEqualTo("A");
    }

    private static long written(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/io")).stream()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring(7)))
                .sum();
    }

    @Test
    void aKilledBackendFailsItsJobAndNoOther() throws Exception {
        Path tree = slow("killed");
        int job = lab.start("killed", "Full");
        assertThat(backendOf(job).destroyForcibly()).isTrue();
        JobResult killed = lab.end(job);
        assertThat(killed.status()).as(killed.log()).isIn("E", "f");
        lab.define("killed", "stripeline: path=" + tree);
        lab.run("killed", "Full").good();
    }

    @Test
    void aJobThatCannotStartSaysWhy() throws Exception {
        lab.define("wrong", "stripeline: path=/does/not/exist");
        JobResult missing = lab.run("wrong", "Full");
        assertThat(missing.status()).as(missing.log()).isIn("E", "f");
        assertThat(missing.log()).contains("/does/not/exist");
        lab.define("wrong", "stripeline: path=/tmp shard=9/4");
        assertThat(lab.run("wrong", "Full").log()).contains("shard=9/4");
        Path tree = lab.tree("wrong");
        lab.define("wrong", "stripeline: path=" + tree + " worker=3");
        assertThat(lab.run("wrong", "Full").log())
                .contains("unknown key worker=")
                .contains("workers=");
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

    @Test
    void stopAndResume() throws Exception {
        Path tree = slow("stopped");
        int job = lab.start("stopped", "Full");
        ProcessHandle backend = backendOf(job);
        lab.console("stop jobid=" + job + " yes");
        Awaitility.await().atMost(GONE).until(() -> !backend.isAlive());
        assertThat(lab.end(job).status()).isEqualTo("I");
        lab.console("resume incomplete jobid=" + job + " yes");
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(() ->
                        lab.sql("select JobStatus from Job where JobId=" + job).startsWith("T"));
        Path target = lab.target("stopped");
        lab.restore(List.of(job), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }
}
