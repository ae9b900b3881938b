package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.JobBlock;
import io.stripeline.ptcomm.peer.Dialect;
import io.stripeline.ptcomm.peer.JobReport;
import io.stripeline.ptcomm.peer.JobSettings;
import io.stripeline.ptcomm.peer.PluginPeer;
import io.stripeline.ptcomm.peer.Receiver;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A working directory of bacula-fd that is full, or cannot be read, costs the next job time, and is said: it ends none. A
 * directory in a file's place is what even root cannot write or read.
 */
@Timeout(60)
final class CursorTroubleTest {
    private static final String FULL = "job.2026-01-01_00.00.00_01";

    @TempDir
    private Path work;

    private Path tree;

    @BeforeEach
    void aFull() throws IOException {
        tree = Files.createDirectory(work.resolve("tree"));
        Files.writeString(tree.resolve("f"), "content");
        assertThat(run(settings(FULL)).texts(Status.WARNING)).isEmpty();
    }

    private JobSettings settings(String name) {
        return JobSettings.named(name).withDirectories(work.toString(), work + "/", "/usr/sbin/");
    }

    private JobReport run(JobSettings settings) throws IOException {
        return new PluginPeer(Dialect.stock(), new BackendInProcess().start())
                .backup(settings, PluginPeer.parameters("path=" + tree), Receiver.NONE)
                .orThrow();
    }

    private JobReport incremental() throws IOException {
        return run(settings("job.2026-01-02_00.00.00_02").basedOn(JobBlock.Level.INCREMENTAL, 1_000, FULL));
    }

    private Path cursor() throws IOException {
        try (Stream<Path> all = Files.list(work.resolve("stripeline/cursors"))) {
            return all.filter(path -> path.toString().endsWith(".cursor"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void theTimeOfTheBaseCannotBeKept() throws IOException {
        Path cursor = cursor();
        String since = cursor.getFileName().toString().replace(".cursor", ".since");
        Files.createDirectory(cursor.resolveSibling("." + since + ".tmp"));
        assertThat(incremental().texts(Status.WARNING))
                .singleElement()
                .asString()
                .contains("cannot be kept in " + cursor.resolveSibling(since));
    }

    @Test
    void theCursorOfTheBaseCannotBeRead() throws IOException {
        Path cursor = cursor();
        Files.delete(cursor);
        Files.createDirectory(cursor);
        assertThat(incremental().texts(Status.WARNING))
                .anyMatch(line -> line.contains(cursor.getParent().toString())
                        && line.contains("cannot be read")
                        && line.contains("goes by the Director's time alone"));
    }

    @Test
    void theCursorOfTheJobCannotBeKept() throws IOException {
        String own = cursor().getFileName().toString().replace(FULL, "job.2026-01-02_00.00.00_02");
        Files.createDirectories(cursor().resolveSibling(own).resolve("full"));
        assertThat(incremental().texts(Status.WARNING))
                .anyMatch(line -> line.contains("the cursor of this job cannot be kept") && line.contains(own));
    }
}
