package io.stripeline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Report;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestTest {
    @TempDir
    private Path root;

    @Test
    void agreesWithTheDigestOfEachFile() throws Exception {
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/b/text"), "hello");
        Files.createFile(root.resolve("empty"));
        Files.writeString(root.resolve("left.tmp"), "out");
        try (RandomAccessFile sparse =
                new RandomAccessFile(root.resolve("sparse").toFile(), "rw")) {
            sparse.setLength((3 << 20) + 7);
            sparse.seek(1 << 20);
            sparse.write(new byte[] {1, 2, 3});
        }
        Files.createLink(root.resolve("twin"), root.resolve("a/b/text"));

        List<String> lines = new ArrayList<>();
        Report report = Manifest.write(root, lines::add);

        assertThat(report.isComplete()).isTrue();
        assertThat(lines).hasSize(4).contains(line("empty"), line("sparse"));
        assertThat(lines).containsAnyOf(line("a/b/text"), line("twin"));
        assertThat(lines).containsAnyOf("same as a/b/text  twin", "same as twin  a/b/text");
    }

    private String line(String path) throws Exception {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(root.resolve(path)));
        return HexFormat.of().formatHex(sum) + "  " + path;
    }
}
