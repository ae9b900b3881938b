package io.stripeline.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.posix.Processes;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a test class as an ordinary user: in a child JVM under setpriv(1) where we are root, here where we are not.
 * Cases that need access denied to them, or an owner that cannot be set, never run as root.
 *
 * <pre>{@code
 * class RestoreAsUserTest {
 *     @Test
 *     void cases() throws Exception {
 *         OrdinaryUser.run(Cases.class); // a nested class with the tests
 *     }
 * }</pre>
 */
public final class OrdinaryUser {
    /** nobody: has no file, no group, no privilege. */
    private static final String ID = "65534";

    private OrdinaryUser() {}

    /** Fails where a test of {@code testClass} fails; aborts, with the reason, where there is no way to be a user. */
    public static void run(Class<?> testClass) throws IOException, InterruptedException {
        run(testClass, List.of());
    }

    /** In a world that root made: {@code wrapper} is a command, as unshare(1), that runs the one given to it as arguments. */
    public static void runBehind(List<String> wrapper, Class<?> testClass) throws IOException, InterruptedException {
        assumeTrue(Processes.isRoot(), wrapper.get(0) + " needs root");
        run(testClass, wrapper);
    }

    private static void run(Class<?> testClass, List<String> wrapper) throws IOException, InterruptedException {
        if (!Processes.isRoot()) {
            RunClass.Result result = RunClass.run(testClass);
            result.skipped().forEach(line -> System.out.println("SKIPPED " + line));
            if (!result.failed().isEmpty() || result.succeeded() == 0) {
                throw new AssertionError("As this user: " + result);
            }
            return;
        }
        assumeTrue(hasSetpriv(), "setpriv(1) of util-linux is missing: cases of an ordinary user cannot run as root");
        Path work = Files.createTempDirectory("stripeline-user");
        try {
            open(work);
            child(work, testClass, wrapper);
        } finally {
            DiskTree.clear(work);
            Files.delete(work);
        }
    }

    private static boolean hasSetpriv() {
        return List.of("/usr/bin/setpriv", "/bin/setpriv").stream().anyMatch(path -> new File(path).canExecute());
    }

    private static void child(Path work, Class<?> testClass, List<String> wrapper)
            throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(work.resolve("tmp"));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path output = work.resolve("output");
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                "setpriv",
                "--reuid=" + ID,
                "--regid=" + ID,
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Djffi.extract.dir=" + temporary,
                "-cp",
                staged(work),
                RunClass.class.getName(),
                testClass.getName()));
        Process process = new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        System.out.print(said);
        if (process.exitValue() != 0) {
            throw new AssertionError("As uid " + ID + ", exit " + process.exitValue() + ":\n" + said);
        }
    }

    /** The class path, copied to where the user can read it: a local repository in root's home is closed to others. */
    private static String staged(Path work) throws IOException {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> out = new ArrayList<>();
        int number = 0;
        for (String element : all.split(File.pathSeparator)) {
            Path from = Path.of(element);
            if (Files.isDirectory(from)) {
                out.add(copied(from, work.resolve("classes" + number++)));
            } else if (Files.exists(from)) {
                Path to = work.resolve(number++ + "-" + from.getFileName());
                Files.copy(from, to);
                open(to);
                out.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, out);
    }

    private static String copied(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                open(Files.createDirectories(to.resolve(from.relativize(dir).toString())));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = to.resolve(from.relativize(file).toString());
                open(Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING));
                return FileVisitResult.CONTINUE;
            }
        });
        return to.toString();
    }

    private static void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
