package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs as processes: signals, and files that this user may not read. */
final class JobIT {
    private static final boolean ROOT = System.getProperty("user.name").equals("root");
    private static final int NOBODY = 65534;

    @TempDir
    private Path directory;

    private Path launcher;
    private Path store;

    @BeforeEach
    void checkout() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        launcher = MiniCheckout.copied(directory.resolve("checkout")).launcher();
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        store = shared.resolve("store");
    }

    private Launch run(Object... words) throws IOException, InterruptedException {
        return Launch.run(directory, Map.of(), words);
    }

    /** As an ordinary user, also where the tests run as root. */
    private Launch asUser(Object... words) throws IOException, InterruptedException {
        List<Object> line = new ArrayList<>();
        if (ROOT) {
            line.addAll(
                    List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--inh-caps=-all"));
        }
        line.add(launcher);
        line.addAll(List.of(words));
        return Launch.run(directory, Map.of("HOME", "/nonexistent", "XDG_CACHE_HOME", ""), line.toArray());
    }

    private Path treeWithUnreadable(int count) throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(tree.resolve("readable"), "yes");
        for (int i = 0; i < count; i++) {
            Path file = Files.writeString(tree.resolve("secret" + i), "no");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        }
        return tree;
    }

    @Test
    void unreadableFilesAreNamedAndTheRestIsStored() throws Exception {
        Path tree = treeWithUnreadable(2);
        Launch backup = asUser("backup", tree, "--to", store);
        assertThat(backup.code()).as(backup.toString()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(backup.err()).contains("secret0").contains("secret1").contains("EACCES (Permission denied)");
        assertThat(backup.out()).contains("2 x open: EACCES");
        Path target = store.resolveSibling("target");
        Launch restore = asUser("restore", store, "latest", "readable", "--to", target);
        assertThat(restore.code()).as(restore.toString()).isZero();
        assertThat(target.resolve("readable")).hasContent("yes");
    }

    @Test
    void moreThanAHundredOfACauseAreCountedAndInAFile() throws Exception {
        Path tree = treeWithUnreadable(130);
        Launch backup = asUser("backup", tree, "--to", store);
        assertThat(backup.code()).as(backup.toString()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(backup.err().lines().filter(line -> line.contains("EACCES"))).hasSize(100);
        assertThat(backup.out()).contains("130 x open: EACCES");
        Matcher file = Pattern.compile("(/\\S+stripeline-problems-\\S+)").matcher(backup.out());
        assertThat(file.find()).as(backup.out()).isTrue();
        Path rest = Path.of(file.group(1));
        assertThat(Files.readAllLines(rest)).hasSize(30).allMatch(line -> line.contains("secret"));
        Files.delete(rest);
    }

    /** SIGINT cannot be tried where it is ignored from the start, as in the background of a script. */
    private static boolean isIgnored(int signal) throws IOException {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            long ignored = status.filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.split("\\s+")[1], 16))
                    .findFirst()
                    .orElse(0);
            return (ignored >> (signal - 1) & 1) != 0;
        }
    }

    @ParameterizedTest
    @CsvSource({"INT,2", "TERM,15"})
    void aSignalLeavesAValidStore(String name, int number) throws Exception {
        assumeFalse(isIgnored(number), "SIG" + name + " is ignored by the process that runs the tests");
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Random random = new Random(3);
        for (int i = 0; i < 64; i++) {
            byte[] content = new byte[1 << 20];
            random.nextBytes(content);
            Files.write(tree.resolve("file" + i), content);
        }
        assertThat(run(launcher, "backup", tree, "--to", store, "--exclude", "file*")
                        .code())
                .isZero();
        Path err = directory.resolve("err");
        ProcessBuilder slow = new ProcessBuilder(
                        launcher.toString(), "backup", tree.toString(), "--to", store.toString(), "--rate", "4M")
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(err.toFile());
        slow.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = slow.start();
        try {
            // it reads at 4 MiB a second: after a few seconds it is in the middle of 64 MiB
            assertThat(process.waitFor(4, TimeUnit.SECONDS)).isFalse();
            assertThat(run("kill", "-" + name, process.pid()).code()).isZero();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive());
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(128 + number);
        assertThat(Files.readString(err)).contains("interrupted").doesNotContain("internal error");
        Launch check = run(launcher, "check", store, "--read-data");
        assertThat(check.code()).as(check.toString()).isZero();
        Launch again = run(launcher, "backup", tree, "--to", store);
        assertThat(again.code()).as(again.toString()).isZero();
        assertThat(run(launcher, "ls", store, "latest").out()).contains("file63");
    }
}
