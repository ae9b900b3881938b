package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A checkout without sources that runs what this build has made, so that tests break no archive but their own.
 *
 * @param root its directory
 * @param launcher the script in it
 */
record MiniCheckout(Path root, Path launcher) {
    /** With links into this build's {@code target}. */
    static MiniCheckout linked(Path root) throws IOException {
        MiniCheckout made = bare(root);
        Path target = root.resolve("ptcomm/target");
        Files.createSymbolicLink(target.resolve("native"), built().resolve("native"));
        Files.createSymbolicLink(target.resolve("lib"), built().resolve("lib"));
        return made;
    }

    /** With copies, for a user who may not be able to reach this build. */
    static MiniCheckout copied(Path root) throws IOException {
        MiniCheckout made = bare(root);
        for (String part : List.of("native", "lib")) {
            List<Path> files;
            try (Stream<Path> all = Files.walk(built().resolve(part))) {
                files = all.filter(Files::isRegularFile).collect(Collectors.toList());
            }
            for (Path file : files) {
                Path copy = root.resolve("ptcomm/target").resolve(built().relativize(file));
                Files.createDirectories(copy.getParent());
                linkOrCopy(file, copy);
            }
        }
        return made;
    }

    private static MiniCheckout bare(Path root) throws IOException {
        Path target = Files.createDirectories(root.resolve("ptcomm/target"));
        Path launcher = Files.copy(Launch.checkout().resolve("stripeline"), root.resolve("stripeline"));
        assertThat(launcher.toFile().setExecutable(true, false)).isTrue();
        Files.copy(built().resolve("classpath"), target.resolve("classpath"));
        Path jar = ownJar(built());
        Files.copy(jar, target.resolve(jar.getFileName()));
        return new MiniCheckout(root, launcher);
    }

    private static void linkOrCopy(Path file, Path copy) throws IOException {
        try {
            Files.createLink(copy, file);
        } catch (FileSystemException anotherFileSystem) {
            Files.copy(file, copy);
        }
    }

    private static Path built() {
        return Launch.checkout().resolve("ptcomm/target");
    }

    private static Path ownJar(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file ->
                            file.getFileName().toString().matches("stripeline-ptcomm-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("No jar in " + target + ": this test runs after package"));
        }
    }

    /** The jar of the command, which nothing else uses. */
    Path ownJar() throws IOException {
        return ownJar(root.resolve("ptcomm/target"));
    }
}
