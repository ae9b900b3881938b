package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that change while they are read, and daemons that are lost in the middle of a job. */
final class DisturbedIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static void random(Path file, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(9).nextBytes(content);
        Files.write(file, content);
    }

    @Test
    void filesThatChangeWhileTheyAreRead() throws Exception {
        Path tree = lab.tree("changing");
        random(tree.resolve("grows"), 40 << 20);
        random(tree.resolve("shrinks"), 40 << 20);
        random(tree.resolve("stays"), 1 << 20);
        Thread.sleep(3100); // what was written within the tick of a job is taken for changed by the next
        lab.define("changing", "stripeline: path=" + tree + " rate=8M");
        int job = lab.start("changing", "Full");
        Awaitility.await().atMost(PATIENCE).until(() -> lab.backends(job).size() == 1);
        Thread.sleep(2500);
        Files.write(tree.resolve("grows"), new byte[1 << 20], StandardOpenOption.APPEND);
        try (FileChannel file = FileChannel.open(tree.resolve("shrinks"), StandardOpenOption.WRITE)) {
            file.truncate(1000);
        }
        JobResult full = lab.end(job);
        assertThat(full.status()).as(full.log()).isEqualTo("T");
        for (String name : List.of("grows", "shrinks")) {
            assertThat(full.log()).contains(tree.resolve(name) + ": " + name + " changed while it was read");
        }
        Path target = lab.target("changing");
        lab.restore(List.of(full.id()), "where=" + target).good();
        assertThat(Path.of(target + "" + tree.resolve("stays"))).hasSameBinaryContentAs(tree.resolve("stays"));
        JobResult next = lab.run("changing", "Incremental").good();
        assertThat(lab.names(next.id(), tree)).contains("/grows", "/shrinks").doesNotContain("/stays");
        lab.restore(List.of(next.id()), "where=" + lab.target("changing")).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    @Test
    void filesThatVanishBeforeTheyAreRead() throws Exception {
        Path tree = lab.tree("vanishing");
        for (int i = 0; i < 40; i++) {
            random(tree.resolve((i % 2 == 0 ? "stays" : "goes") + i), 2 << 20);
        }
        Thread.sleep(3100);
        lab.define("vanishing", "stripeline: path=" + tree + " rate=10M");
        int job = lab.start("vanishing", "Full");
        Awaitility.await().atMost(PATIENCE).until(() -> lab.backends(job).size() == 1);
        Thread.sleep(3000);
        for (int i = 1; i < 40; i += 2) {
            Files.delete(tree.resolve("goes" + i));
        }
        JobResult full = lab.end(job).good();
        List<String> names = lab.names(full.id(), tree);
        assertThat(names).hasSizeBetween(21, 40).contains("/stays0", "/stays38");
        Path target = lab.target("vanishing");
        lab.restore(List.of(full.id()), "where=" + target).good();
        for (int i = 0; i < 40; i += 2) {
            assertThat(Path.of(target + "" + tree.resolve("stays" + i)))
                    .hasSameBinaryContentAs(tree.resolve("stays" + i));
        }
    }

    /** The medium below a filesystem fails in the middle of a file, and is there again for the next job. */
    @Test
    void aFileThatBecomesUnreadableInTheMiddle() throws Exception {
        Path tree = lab.tree("unreadable");
        Path mounted = lab.seenByDaemons(tree);
        Path image = lab.target("unreadable-image").resolve("ext4");
        lab.run(List.of("truncate", "-s", "96M", image.toString()), "");
        lab.run(List.of("mkfs.ext4", "-q", "-F", image.toString()), "");
        // direct, since a loop device gives zeros for what its file lacks otherwise
        String device = lab.run(List.of("losetup", "--find", "--show", "--direct-io=on", image.toString()), "")
                .strip();
        try {
            lab.run(List.of("mount", device, mounted.toString()), "");
            random(mounted.resolve("large"), 60 << 20);
            Files.writeString(mounted.resolve("small"), "small");
            lab.run(List.of("umount", mounted.toString()), ""); // nothing of it stays in memory
            lab.run(List.of("mount", device, mounted.toString()), "");
            Thread.sleep(3100);
            lab.define("unreadable", "stripeline: path=" + tree + " rate=8M");
            int job = lab.start("unreadable", "Full");
            Awaitility.await().atMost(PATIENCE).until(() -> lab.backends(job).size() == 1);
            Thread.sleep(2500);
            lab.run(List.of("truncate", "-s", "32M", image.toString()), "");
            JobResult full = lab.end(job);
            assertThat(full.status()).as(full.log()).isEqualTo("T");
            assertThat(full.errors()).as(full.log()).isPositive();
            assertThat(full.log()).contains("EIO", tree.resolve("large").toString());
            lab.run(List.of("truncate", "-s", "96M", image.toString()), "");
            lab.run(List.of("umount", mounted.toString()), "");
            lab.run(List.of("mount", device, mounted.toString()), "");
            Path target = lab.target("unreadable");
            JobResult partly =
                    lab.restore(List.of(full.id()), "where=" + target).good();
            assertThat(partly.log()).contains("could not be read whole");
            assertThat(Path.of(target + "" + tree.resolve("small"))).hasContent("small");
            lab.define("unreadable", "stripeline: path=" + tree);
            JobResult next = lab.run("unreadable", "Incremental").good();
            assertThat(lab.names(next.id(), tree)).contains("/large").doesNotContain("/small");
            lab.restore(List.of(next.id()), "where=" + target).good();
            lab.assertSame(tree, Path.of(target + "" + tree));
        } finally {
            lab.run(List.of("sh", "-c", "umount '" + mounted + "'; losetup -d " + device), "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bacula-sd", "bacula-dir"})
    void aDaemonIsLost(String daemon) throws Exception {
        String name = daemon.replace("bacula-", "lost-");
        Path tree = lab.tree(name);
        random(tree.resolve("large"), 60 << 20);
        lab.define(name, "stripeline: path=" + tree + " rate=2M");
        int job = lab.start(name, "Full");
        Awaitility.await().atMost(PATIENCE).until(() -> lab.backends(job).size() == 1);
        Thread.sleep(3000);
        ProcessHandle backend = lab.backends(job).get(0);
        long fileDaemon = lab.daemon("bacula-fd").pid();
        assertThat(lab.daemon(daemon).destroyForcibly()).isTrue();
        Awaitility.await().atMost(PATIENCE).until(() -> !backend.isAlive());
        lab.script("up");
        assertThat(lab.daemon("bacula-fd").pid()).isEqualTo(fileDaemon);
        lab.define(name, "stripeline: path=" + tree);
        lab.run(name, "Full").good();
    }
}
