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

    /** Of the files that may vanish; fewer stay, so that of any of this number one goes. */
    private static final int STAYING = 8;

    private static final int GOING = 48;
    private static final int PIECE_BYTES = 512 << 10;

    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static byte[] random(Path file, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(9).nextBytes(content);
        Files.write(file, content);
        return content;
    }

    @Test
    void filesThatChangeWhileTheyAreRead() throws Exception {
        Path tree = lab.tree("changing");
        random(tree.resolve("grows"), 40 << 20);
        random(tree.resolve("shrinks"), 40 << 20);
        random(tree.resolve("stays"), 1 << 20);
        Thread.sleep(3100); // what was written within the tick of a job is taken for changed by the next
        lab.define("changing", "stripeline: path=" + tree + " rate=10M");
        int job = lab.start("changing", "Full");
        ProcessHandle backend = Midway.held(lab, job, Midway.SOME_BYTES);
        Files.write(tree.resolve("grows"), new byte[1 << 20], StandardOpenOption.APPEND);
        try (FileChannel file = FileChannel.open(tree.resolve("shrinks"), StandardOpenOption.WRITE)) {
            file.truncate(1000);
        }
        Midway.goOn(backend);
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

    /** One while it is read, which is saved whole, and others that were found, some read by then and some not. */
    @Test
    void filesThatVanishWhileTheyAreRead() throws Exception {
        Path tree = lab.tree("vanishing");
        Path big = Files.createDirectory(tree.resolve("one")).resolve("big");
        byte[] content = random(big, 24 << 20);
        Path many = Files.createDirectory(tree.resolve("many"));
        for (int i = 0; i < STAYING + GOING; i++) {
            random(many.resolve((i < STAYING ? "stays" : "goes") + i), PIECE_BYTES);
        }
        Thread.sleep(3100);
        lab.define("vanishing", "stripeline: path=" + big.getParent() + " path=" + many + " rate=5M read_ahead=4");
        int job = lab.start("vanishing", "Full");
        ProcessHandle backend = Midway.held(lab, job, Midway.SOME_BYTES);
        Files.delete(big);
        assertThat(Midway.hasOpen(backend, "/one/big (deleted)")).isTrue();
        Midway.goOn(backend);
        // more of them than stay are sent by then, and far more than stay are not even open
        Midway.holdAt(backend, content.length + (STAYING + 3L) * PIECE_BYTES);
        for (int i = STAYING; i < STAYING + GOING; i++) {
            Files.delete(many.resolve("goes" + i));
        }
        Midway.goOn(backend);
        JobResult full = lab.end(job).good();
        List<String> names = lab.names(full.id(), many);
        long saved = names.stream().filter(name -> name.startsWith("/goes")).count();
        assertThat(saved).isBetween(1L, GOING - 1L);
        assertThat(full.log()).contains(", " + (GOING - saved) + " vanished");
        assertThat(names).contains("/stays0").hasSize(Math.toIntExact(1 + STAYING + saved));
        Path target = lab.target("vanishing");
        lab.restore(List.of(full.id()), "where=" + target).good();
        assertThat(Path.of(target + "" + big)).hasBinaryContent(content);
        for (String name : names) {
            Path copy = Path.of(target + "" + many + name);
            if (Files.isRegularFile(copy)) {
                assertThat(copy).hasBinaryContent(java.util.Arrays.copyOf(content, PIECE_BYTES));
            } else {
                assertThat(name).isEqualTo("/");
            }
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
            ProcessHandle backend = Midway.held(lab, job, Midway.SOME_BYTES);
            lab.run(List.of("truncate", "-s", "32M", image.toString()), "");
            Midway.goOn(backend);
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
        ProcessHandle backend = Midway.of(lab, job, Midway.SOME_BYTES);
        long fileDaemon = lab.daemon("bacula-fd").pid();
        assertThat(lab.daemon(daemon).destroyForcibly()).isTrue();
        Awaitility.await().atMost(PATIENCE).until(() -> !backend.isAlive());
        lab.script("up");
        assertThat(lab.daemon("bacula-fd").pid()).isEqualTo(fileDaemon);
        // no running job any more, and no good one: error, fatal error, cancelled
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> List.of("E", "f", "A")
                        .contains(lab.sql("select JobStatus from Job where JobId=" + job)
                                .strip()));
        lab.define(name, "stripeline: path=" + tree);
        lab.run(name, "Full").good();
    }
}
