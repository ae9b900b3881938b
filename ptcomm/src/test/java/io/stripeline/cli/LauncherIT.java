package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher on what a build made: found from anywhere, and safe against archives that are not what they seem. */
final class LauncherIT {
    private static final String VERSION =
            "stripeline 0.1.0-SNAPSHOT (Java " + System.getProperty("java.version") + ")\n";

    private static final Duration PATIENCE = Duration.ofSeconds(110); // making an archive is niced work

    @TempDir
    private static Path directory;

    private static MiniCheckout checkout;
    private static Path root;
    private static Path launcher;
    private static Path archive;
    private static byte[] archived;

    /** One archive for all tests, made as a user comes by it: in the background of the first run that succeeds. */
    @BeforeAll
    static void aSuccessfulRunMakesAnArchive() throws Exception {
        checkout = MiniCheckout.linked(directory.resolve("check out"));
        root = checkout.root();
        launcher = checkout.launcher();
        assertThat(usesArchive()).isFalse();
        Awaitility.await().atMost(PATIENCE).until(() -> archives().size() == 1);
        archive = archives().get(0);
        archived = Files.readAllBytes(archive);
        assertThat(Files.getPosixFilePermissions(archive.getParent())).hasSize(3);
    }

    /** Links lead out of the temporary directory, which whoever removes it would warn about. */
    @AfterAll
    static void removeLinks() throws IOException {
        List<Path> links;
        try (Stream<Path> all = Files.walk(directory)) {
            links = all.filter(Files::isSymbolicLink).collect(Collectors.toList());
        }
        for (Path link : links) {
            Files.delete(link);
        }
    }

    /** The archive as it was made, whatever another test did to it. */
    private static void restoreArchive() throws IOException {
        for (Path other : archives()) {
            Files.delete(other);
        }
        Files.write(archive, archived);
        // the mark of a failed try keeps the launcher from making another one behind the back of the test
        String key = archive.getFileName().toString().split("\\.")[0];
        Files.write(archive.resolveSibling(key + ".failed"), new byte[0]);
    }

    private static Launch run(Object... words) throws IOException, InterruptedException {
        return Launch.run(directory, Map.of(), words);
    }

    private static List<Path> archives() throws IOException {
        Path home = root.resolve("ptcomm/target/archive");
        if (!Files.isDirectory(home)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith(".classes")).collect(Collectors.toList());
        }
    }

    private void assertVersionIsAllThatIsSaid(Launch launch) {
        assertThat(launch).isEqualTo(new Launch(0, VERSION, ""));
    }

    private static boolean usesArchive() throws IOException, InterruptedException {
        Launch traced = run("bash", "-x", launcher, "--version");
        assertThat(traced.out()).isEqualTo(VERSION);
        assertThat(traced.code()).isZero();
        return traced.err().lines().anyMatch(line -> line.contains("exec ") && line.contains(".classes"));
    }

    @Test
    void worksThroughSymlinksFromAnyDirectory() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path absolute = Files.createSymbolicLink(bin.resolve("one"), launcher);
        Path relative = Files.createSymbolicLink(bin.resolve("two"), Path.of("../bin/one"));
        assertVersionIsAllThatIsSaid(run(absolute, "--version"));
        assertVersionIsAllThatIsSaid(run(relative, "--version"));
        assertVersionIsAllThatIsSaid(Launch.run(bin, Map.of(), "./two", "--version"));
        assertVersionIsAllThatIsSaid(Launch.run(root, Map.of(), "bash", "stripeline", "--version"));
    }

    /** Maven leaves the jar of the version before. */
    @Test
    void runsTheVersionThatWasBuiltLast() throws Exception {
        MiniCheckout other = MiniCheckout.linked(directory.resolve("two versions"));
        Path own = other.ownJar();
        for (String version : List.of("0.0.1", "9.9.9", "0.1.0-SNAPSHOT-tests")) {
            Path old = Files.createFile(own.resolveSibling("stripeline-ptcomm-" + version + ".jar"));
            Files.setLastModifiedTime(old, FileTime.fromMillis(0));
        }
        Files.setLastModifiedTime(
                own.resolveSibling("stripeline-ptcomm-0.1.0-SNAPSHOT-tests.jar"), FileTime.from(Instant.now()));
        assertVersionIsAllThatIsSaid(run(other.launcher(), "--version"));
    }

    @Test
    void keepsTheDirectoryOfTheUser() throws Exception {
        Path here = Files.createDirectories(directory.resolve("with blanks"));
        Files.writeString(here.resolve("file"), "x");
        Launch launch = Launch.run(here, Map.of(), launcher, "scan", ".", "--json");
        assertThat(launch.code()).as(launch.toString()).isZero();
        assertThat(launch.out())
                .contains("\"path\":\"" + here.toRealPath() + "\"")
                .contains("\"scanned_entries\":2");
    }

    @Test
    void optionsOfTheUserWin() throws Exception {
        Launch launch =
                Launch.run(directory, Map.of("STRIPELINE_JAVA_OPTS", "-Xmx300m -Xmx200m"), launcher, "doctor", ".");
        assertThat(launch.code()).as(launch.toString()).isZero();
        assertThat(launch.out()).containsPattern("memory +19[0-9]\\.[0-9] MiB heap");
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        Launch noJava = Launch.run(directory, Map.of("JAVA_HOME", "", "PATH", "/nowhere"), "/bin/bash", launcher);
        assertThat(noJava.code()).isEqualTo(1);
        assertThat(noJava.err()).contains("apt install openjdk-17-jdk");
        Launch badHome = Launch.run(directory, Map.of("JAVA_HOME", "/nowhere"), launcher);
        assertThat(badHome.code()).isEqualTo(1);
        assertThat(badHome.err()).contains("JAVA_HOME is /nowhere");
        Path old = Files.createDirectories(directory.resolve("jdk11/bin")).getParent();
        Files.createSymbolicLink(old.resolve("bin/java"), Path.of("/bin/true"));
        Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"11.0.2\"\n");
        Launch tooOld = Launch.run(directory, Map.of("JAVA_HOME", old.toString()), launcher);
        assertThat(tooOld.code()).isEqualTo(1);
        assertThat(tooOld.err()).contains("Java 11").contains("openjdk-17-jdk");
        MiniCheckout unbuilt = MiniCheckout.linked(directory.resolve("unbuilt"));
        Files.delete(unbuilt.root().resolve("ptcomm/target/classpath"));
        Path tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool : List.of("readlink", "find", "stat", "mkdir", "flock", "rm")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        Launch noMaven = Launch.run(directory, Map.of("PATH", tools.toString()), "/bin/bash", unbuilt.launcher());
        assertThat(noMaven.code()).isEqualTo(1);
        assertThat(noMaven.err()).contains("apt install maven");
    }

    @Test
    void theNextRunUsesTheArchive() throws Exception {
        restoreArchive();
        assertThat(usesArchive()).isTrue();
        assertVersionIsAllThatIsSaid(run(launcher, "--version"));
    }

    @Test
    void aTruncatedArchiveIsNotTried() throws Exception {
        restoreArchive();
        assertThat(usesArchive()).isTrue();
        try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        assertVersionIsAllThatIsSaid(run(launcher, "--version"));
        assertThat(archives()).isEmpty();
    }

    @Test
    void anOutdatedArchiveIsNotTriedAndHarmlessIfItWere() throws Exception {
        restoreArchive();
        Path jar = checkout.ownJar();
        FileTime before = Files.getLastModifiedTime(jar);
        Files.setLastModifiedTime(
                jar, FileTime.fromMillis(Files.getLastModifiedTime(jar).toMillis() + 5000));
        assertThat(usesArchive()).isFalse();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> archives().size() == 1 && !archives().contains(archive));
        Path fresh = archives().get(0);
        // even under the name of a fresh one the JVM refuses it without a word on standard output
        String key = fresh.getFileName().toString().split("\\.")[0];
        Files.delete(fresh);
        Files.write(fresh.resolveSibling(key + "." + archived.length + ".classes"), archived);
        assertThat(usesArchive()).isTrue();
        Launch launch = run(launcher, "--version");
        assertThat(launch.code()).isZero();
        assertThat(launch.out()).isEqualTo(VERSION);
        Files.setLastModifiedTime(jar, before);
    }

    @Test
    void anArchiveOfAnotherUserIsNotTried() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root: gives a file to another user");
        restoreArchive();
        Files.setAttribute(archive, "unix:uid", 65534);
        assertThat(usesArchive()).isFalse();
    }
}
