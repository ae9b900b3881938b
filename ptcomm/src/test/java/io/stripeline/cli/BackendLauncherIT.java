package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend's launcher: whatever is wrong is told in the protocol, and standard error stays silent. */
final class BackendLauncherIT {
    @TempDir
    private Path directory;

    private Path root;
    private Path launcher;

    @BeforeEach
    void checkout() throws Exception {
        root = MiniCheckout.linked(directory.resolve("check out")).root();
        launcher = Files.copy(
                Launch.checkout().resolve("ptcomm/src/packaging/stripeline-backend"),
                root.resolve("stripeline-backend"));
        assertThat(launcher.toFile().setExecutable(true, false)).isTrue();
    }

    /** Links lead out of the temporary directory, which whoever removes it would warn about. */
    @AfterEach
    void removeLinks() throws Exception {
        Files.delete(root.resolve("ptcomm/target/native"));
        Files.delete(root.resolve("ptcomm/target/lib"));
    }

    private Launch run(Map<String, String> more) throws Exception {
        // as under systemd: no HOME, no LANG, no PATH
        return Launch.run(directory, more, "env", "-u", "HOME", "-u", "LANG", "-u", "LC_ALL", "-u", "PATH", launcher);
    }

    private static void assertRefused(Launch launch, String why) {
        assertThat(launch.err()).isEmpty();
        assertThat(launch.code()).as(launch.toString()).isZero();
        assertThat(launch.out()).startsWith("A").contains(why);
        int length = Integer.parseInt(launch.out().substring(1, 7));
        assertThat(launch.out()).hasSize(8 + length).endsWith("\n");
    }

    @Test
    void refusesToRunWithoutJava() throws Exception {
        assertRefused(run(Map.of("JAVA_HOME", "/nowhere")), "JAVA_HOME is /nowhere");
    }

    @Test
    void refusesToRunUnbuilt() throws Exception {
        Files.delete(root.resolve("ptcomm/target/classpath"));
        assertRefused(run(Map.of()), "is not built");
    }

    @Test
    void refusesToRunAlone() throws Exception {
        Files.delete(root.resolve("stripeline"));
        assertRefused(run(Map.of()), "the file stripeline is not in " + root + ": install it again");
    }

    /** What the JVM itself says is in the log, or nowhere where that cannot be written. */
    @Test
    void whatTheJvmSaysIsInTheLog() throws Exception {
        Path log = directory.resolve("log");
        Map<String, String> noticed =
                Map.of("JAVA_TOOL_OPTIONS", "-Dnotice=given", "STRIPELINE_LOG_DIR", log.toString());
        Launch launch = run(noticed);
        assertThat(launch.err()).isEmpty();
        assertThat(launch.out()).doesNotContain("notice");
        assertThat(log.resolve("backend.log")).content().contains("-Dnotice=given");
        Launch nowhere = run(Map.of(
                "JAVA_TOOL_OPTIONS",
                "-Dnotice=given",
                "STRIPELINE_LOG_DIR",
                "/proc/nowhere",
                "XDG_CACHE_HOME",
                "/proc"));
        assertThat(nowhere.err()).isEmpty();
        assertThat(nowhere.out()).doesNotContain("notice");
        assertThat(nowhere.code()).isEqualTo(launch.code());
    }
}
