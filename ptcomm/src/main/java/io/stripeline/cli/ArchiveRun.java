package io.stripeline.cli;

import io.stripeline.program.Interrupt;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run whose only purpose is to load the classes that the command uses, so that the launcher can keep them in a
 * class-data archive. Works on a small tree in a temporary directory; what it prints goes nowhere.
 */
public final class ArchiveRun {
    private ArchiveRun() {}

    public static void main(String[] args) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console console = new Console(nowhere, nowhere, false);
        Path work = Files.createTempDirectory("stripeline-archive-");
        int worst = ExitCode.DONE;
        try {
            Path tree = Files.createDirectory(work.resolve("tree"));
            Files.writeString(Files.createDirectory(tree.resolve("below")).resolve("file"), "content");
            Files.createSymbolicLink(tree.resolve("link"), Path.of("below/file"));
            for (List<String> line :
                    lines(tree.toString(), work.resolve("store").toString(), work)) {
                worst = Math.max(worst, Cli.run(line.toArray(new String[0]), console, Interrupt.none()));
            }
        } finally {
            try (Stream<Path> below = Files.walk(work)) {
                below.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
        System.exit(worst);
    }

    private static List<List<String>> lines(String tree, String store, Path work) {
        String target = work.resolve("target").toString();
        return List.of(
                List.of("--help"),
                List.of("scan", tree),
                List.of("backup", tree, "--to", store),
                List.of("backup", tree, "--to", store, "--json"),
                List.of("snapshots", store),
                List.of("ls", store, "latest"),
                List.of("check", store, "--read-data"),
                List.of("stats", store),
                List.of("restore", store, "latest", "--to", target),
                List.of("doctor", tree));
    }

    /** Asks the launcher for an archive, if it told that there is none: in a process that outlives this one. */
    static void startInBackground() {
        String launcher = System.getProperty("stripeline.launcher");
        if (launcher == null) {
            return;
        }
        try {
            // a session of its own, so that an interrupt from the terminal does not reach it
            new ProcessBuilder("setsid", launcher, "--make-archive")
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException noSuchProgram) {
            // starts stay slower, and nothing else is wrong; the verb has said all that matters
            return;
        }
    }
}
