package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.peer.Conduct;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.Ending;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.Limits;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.ProcessLink;
import io.stripeline.ptcomm.peer.Receiver;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rule 45 for a long time: a tape is changed, and nobody reads what the backend has to say. */
@Timeout(300)
final class StalledPluginIT {
    private static final Duration STALL = Duration.ofSeconds(75);
    private static final long LARGE_BYTES = 384L << 20;

    /** What a JVM does by the way: code that is compiled, a collection that touches a page for the first time. */
    private static final long SLACK_BYTES = 8 << 20;

    @TempDir
    private Path work;

    private Path plant() throws IOException {
        Path tree = Files.createDirectory(work.resolve("tree"));
        byte[] block = new byte[1 << 20];
        new Random(3).nextBytes(block);
        try (OutputStream out = Files.newOutputStream(tree.resolve("large"))) {
            for (long at = 0; at < LARGE_BYTES; at += block.length) {
                out.write(block);
            }
        }
        for (int i = 0; i < 50; i++) {
            Files.write(tree.resolve("small" + i), new byte[100]);
        }
        return tree;
    }

    @Test
    void neitherMemoryNorReadingGrowsWhileNobodyReads() throws Exception {
        Path tree = plant();
        ProcessLink link = (ProcessLink) new BackendProcess(work.resolve("backend.log")).start();
        PluginPeer peer = new PluginPeer(Dialect.stock(), link, Conduct.pausing(500, STALL), Limits.STANDARD);
        JobSettings job = JobSettings.named("stalled.2026-11-25_16.00.00_01")
                .withDirectories(work.toString(), work + "/", "/usr/sbin/");
        CompletableFuture<JobReport> report = CompletableFuture.supplyAsync(
                () -> peer.backup(job, PluginPeer.parameters("path=" + tree), Receiver.NONE));
        Path process = Path.of("/proc", Long.toString(link.handle().pid()));
        long read = standstill(process);
        long before = of(process.resolve("status"), "VmRSS:") << 10;
        assertThat(read).as("bytes read").isBetween(8L << 20, LARGE_BYTES / 2); // in the middle of the file
        Thread.sleep(STALL.toMillis() - 15_000);
        assertThat(of(process.resolve("io"), "rchar:"))
                .as("bytes read by the end of the stall")
                .isLessThan(read + (1 << 20)); // classes
        long after = of(process.resolve("status"), "VmRSS:") << 10;
        System.out.println(
                "Resident bytes of a backend that nobody reads from: " + before + ", a minute later " + after);
        assertThat(after).isLessThan(before + SLACK_BYTES);
        JobReport ended = report.get();
        assertThat(ended.result()).as(ended.toString()).isEqualTo(JobReport.Result.OK);
        assertThat(ended.ending()).isEqualTo(new Ending(Ending.How.BY_ITSELF, 0, ""));
    }

    /** Waits until nothing is read for two seconds; bytes that were read by then. */
    private static long standstill(Path process) {
        long[] last = {0, 0};
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    long now = of(process.resolve("io"), "rchar:");
                    last[1] = now == last[0] && now > 1 << 20 ? last[1] + 1 : 0;
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
