package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a large store through the launcher: its library is found where the build put it, and not needed before. */
final class LargeStoreIT {
    private static final String LARGE = "-Dstripeline.index.memory=2";

    @TempDir
    private Path directory;

    private MiniCheckout checkout;
    private Path tree;
    private Path store;
    private Path cache;

    @BeforeEach
    void files() throws IOException {
        checkout = MiniCheckout.copied(directory.resolve("checkout"));
        tree = Files.createDirectory(directory.resolve("tree"));
        Random random = new Random(1);
        for (int i = 0; i < 5; i++) {
            byte[] bytes = new byte[700_000];
            random.nextBytes(bytes);
            Files.write(tree.resolve("file" + i), bytes);
        }
        store = directory.resolve("store");
        cache = directory.resolve("cache");
    }

    private Launch run(String options, Object... words) throws IOException, InterruptedException {
        List<Object> line = new ArrayList<>(List.of(checkout.launcher()));
        line.addAll(List.of(words));
        // where nothing can be unpacked
        Map<String, String> environment =
                Map.of("STRIPELINE_JAVA_OPTS", options, "XDG_CACHE_HOME", cache.toString(), "TMPDIR", "/proc");
        return Launch.run(directory, environment, line.toArray());
    }

    private List<String> cached() throws IOException {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(cache)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void assertWorks(String options) throws Exception {
        Launch backup = run(options, "backup", tree, "--to", store, "--quiet");
        assertThat(backup.err()).isEmpty();
        assertThat(backup.code()).as(backup.toString()).isZero();
        Path target = directory.resolve("target" + options.length());
        Launch restore = run(options, "restore", store, "latest", "--to", target, "--quiet");
        assertThat(restore.err()).isEmpty();
        assertThat(restore.code()).as(restore.toString()).isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(target.resolve("file" + i)).hasSameBinaryContentAs(tree.resolve("file" + i));
        }
    }

    @Test
    void aLargeOneIsIndexedOnTheDiskAndNothingIsUnpacked() throws Exception {
        assertWorks(LARGE);
        assertThat(cached()).contains("CURRENT");
    }

    @Test
    void aSmallOneNeedsNoLibrary() throws Exception {
        Path libraries = checkout.root().resolve("ptcomm/target/native");
        try (Stream<Path> all = Files.list(libraries)) {
            for (Path each : all.filter(file -> file.toString().endsWith(".so")).toList()) {
                Files.delete(each);
            }
        }
        assertWorks("");
        assertThat(cached()).doesNotContain("CURRENT");
        Launch large = run(LARGE, "backup", tree, "--to", store, "--quiet", "--force");
        assertThat(large.err()).contains("warning").contains("held in memory").contains("RocksDB cannot be loaded");
        assertThat(large.code()).as(large.toString()).isZero();
    }

    @Test
    void whereNoCacheCanBeMadeTheIndexIsInMemoryAndSaysWhy() throws Exception {
        assumeTrue(Processes.isRoot(), "only root can give a directory to another user");
        Files.createDirectories(cache.resolve("stripeline"));
        Files.setAttribute(cache.resolve("stripeline"), "unix:uid", 65534);
        Launch backup = run(LARGE, "backup", tree, "--to", store, "--quiet");
        assertThat(backup.err()).contains("held in memory").contains("this user alone can write");
        assertThat(backup.code()).as(backup.toString()).isZero();
    }
}
