package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Limits;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.ProcessLink;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.peer.RecordedJob;
import io.stripeline.ptcomm.peer.Recording;
import io.stripeline.ptcomm.peer.Replay;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 45 for a long time: a tape is changed, and nobody reads what the backend has to say, or sends what it waits for.
 * As it is installed: through its launcher, so with the memory that this gives it.
 */
@Timeout(400)
final class StalledPluginIT {
    private static final String SWITCH = "stripeline.bacula";
    private static final String HINT =
            "Stalls of minutes: not waited for. With the tests that run once: mvn verify -D" + SWITCH + "=true";

    private static final Duration STALL = Duration.ofSeconds(135);
    private static final long LARGE_BYTES = 384L << 20;
    private static final int SMALL_FILES = 50;

    /** Of a backup, before its plugin stops reading. */
    private static final long READ_BYTES = 8 << 20;

    /** What a JVM does by the way: code that is compiled, a collection that touches a page for the first time. */
    private static final long SLACK_BYTES = 8 << 20;

    @TempDir
    private Path work;

    private final CountDownLatch standing = new CountDownLatch(3);
    private final CountDownLatch resumed = new CountDownLatch(1);

    /** A job whose plugin stands still. */
    private final class Stalled {
        private final String name;
        private final Path process;
        private final CompletableFuture<JobReport> report;
        private long readBefore;
        private long residentBefore;

        Stalled(String name, Dialect dialect, Function<PluginPeer, JobReport> run) throws IOException {
            this.name = name;
            ProcessLink link = launch();
            process = Path.of("/proc", Long.toString(link.handle().pid()));
            PluginPeer peer = new PluginPeer(dialect, link, Conduct.GOOD, Limits.STANDARD);
            report = CompletableFuture.supplyAsync(() -> run.apply(peer));
        }

        void standsStill() throws IOException {
            readBefore = standstill(process);
            residentBefore = resident();
        }

        private long resident() throws IOException {
            return of(process.resolve("status"), "VmRSS:") << 10;
        }

        void hasStoodStill() throws IOException {
            assertThat(report).as(name).isNotDone();
            assertThat(of(process.resolve("io"), "rchar:"))
                    .as("bytes read by the end of the stall, " + name)
                    .isLessThan(readBefore + (1 << 20)); // classes
            long after = resident();
            System.out.println("Resident bytes of a backend while its plugin stands still, " + name + ": "
                    + residentBefore + ", " + STALL.toSeconds() + " s later " + after);
            assertThat(after).as(name).isLessThan(residentBefore + SLACK_BYTES);
        }

        JobReport endsWell() throws Exception {
            JobReport ended = report.get(120, TimeUnit.SECONDS);
            assertThat(ended.result()).as(ended.toString()).isEqualTo(JobReport.Result.OK);
            assertThat(ended.ending()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
            return ended;
        }
    }

    @BeforeAll
    static void once() {
        if (!Boolean.getBoolean(SWITCH)) {
            System.out.println(HINT);
        }
        assumeTrue(Boolean.getBoolean(SWITCH), HINT);
    }

    private ProcessLink launch() throws IOException {
        Path launcher = Path.of("").toAbsolutePath().resolve("src/packaging/stripeline-backend");
        return ProcessLink.start(
                List.of(launcher.toString()),
                1,
                Map.of(
                        "LC_ALL",
                        "C",
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "STRIPELINE_LOG_DIR",
                        work.resolve("log").toString()));
    }

    private Path plant(String name, long largeBytes) throws IOException {
        Path tree = Files.createDirectory(work.resolve(name));
        byte[] block = new byte[1 << 20];
        new Random(3).nextBytes(block);
        try (OutputStream out = Files.newOutputStream(tree.resolve("large"))) {
            for (long at = 0; at < largeBytes; at += block.length) {
                out.write(block);
            }
        }
        for (int i = 0; i < SMALL_FILES; i++) {
            Files.write(tree.resolve("small" + i), new byte[100]);
        }
        return tree;
    }

    private JobSettings job(String name) {
        return JobSettings.named(name + ".2026-11-25_16.00.00_01")
                .withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    /** Takes nothing more until all go on, once it has got some of the large file. */
    private Receiver stopping() {
        return new Receiver() {
            @Override
            public void data(long offset, ByteBuffer data) throws IOException {
                if (offset >= READ_BYTES) {
                    untilResumed();
                }
            }
        };
    }

    private void untilResumed() {
        standing.countDown();
        try {
            resumed.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Sends nothing more until all go on, once it has sent some. */
    private Replay stopping(RecordedJob saved) {
        int[] sent = {0};
        return Replay.of(saved).rename(name -> {
            if (++sent[0] > SMALL_FILES / 2) {
                untilResumed();
            }
            return name;
        });
    }

    @Test
    void neitherMemoryNorReadingGrowsWhileThePluginStandsStill() throws Exception {
        List<Stalled> all = new ArrayList<>();
        Path large = plant("large", LARGE_BYTES);
        Path small = plant("small", 16 << 20);
        Path target = Files.createDirectory(work.resolve("target"));
        List<byte[]> words = PluginPeer.parameters("path=" + large);
        Recording recording = Recording.inMemory(Dialect.extended());
        JobReport saving = new PluginPeer(Dialect.extended(), launch())
                .backup(job("saved"), PluginPeer.parameters("path=" + small), recording);
        assertThat(saving.result()).as(saving.toString()).isEqualTo(JobReport.Result.OK);
        try (RecordedJob saved = recording.job()) {
            for (Dialect dialect : List.of(Dialect.stock(), Dialect.extended())) {
                String name = dialect.equals(Dialect.stock()) ? "stock" : "extended";
                all.add(new Stalled("backup, " + name, dialect, peer -> peer.backup(job(name), words, stopping())));
            }
            JobSettings back = job("back").withWhere(target.toString());
            all.add(new Stalled(
                    "restore, extended",
                    Dialect.extended(),
                    peer -> peer.restore(back, PluginPeer.parameters("path=" + small), stopping(saved))));
            assertThat(standing.await(60, TimeUnit.SECONDS)).isTrue();
            for (Stalled one : all) {
                one.standsStill();
            }
            Thread.sleep(STALL.toMillis());
            for (Stalled one : all) {
                one.hasStoodStill();
            }
            resumed.countDown();
            for (Stalled one : all) {
                one.endsWell();
            }
        } finally {
            resumed.countDown();
        }
        for (Stalled one : all.subList(0, 2)) {
            // in the middle of the file
            assertThat(one.readBefore).as(one.name).isBetween(READ_BYTES, LARGE_BYTES / 2);
            assertThat(one.endsWell().observed().dataBytes()).isEqualTo(LARGE_BYTES + 100L * SMALL_FILES);
        }
        Path copy = target.resolve(small.toString().substring(1));
        assertThat(copy.resolve("large")).hasSameBinaryContentAs(small.resolve("large"));
        assertThat(copy.toFile().list()).hasSize(SMALL_FILES + 1);
    }

    /** Waits until nothing is read for two seconds, or longer; bytes that were read by then. */
    private static long standstill(Path process) {
        long[] last = {0, 0};
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    long now = of(process.resolve("io"), "rchar:");
                    last[1] = now == last[0] ? last[1] + 1 : 0;
                    last[0] = now;
                    return last[1] >= 4;
                });
        return last[0];
    }

    private static long of(Path file, String key) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
