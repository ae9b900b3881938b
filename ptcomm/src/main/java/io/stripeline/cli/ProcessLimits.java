package io.stripeline.cli;

import io.stripeline.program.Figures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Limits of this process that a job may run into. */
final class ProcessLimits {
    /** Directories, files read ahead and blocks of large files, with room for packs. */
    private static final long ENOUGH_FILES = 1024;

    private ProcessLimits() {}

    static void look(Findings findings) {
        long files = openFiles(lines("/proc/self/limits"));
        findings.check(
                "open files",
                files >= ENOUGH_FILES,
                "limit " + files,
                "limit " + files + ": raise it with ulimit -n " + ENOUGH_FILES);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        long free = temporary.toFile().getUsableSpace();
        findings.check(
                "temporary",
                Files.isWritable(temporary),
                temporary + ", " + Figures.bytes(free) + " free",
                temporary + " is not writable: set TMPDIR");
        boolean noexec = MountPoint.of(temporary).options().contains("noexec");
        findings.ok(
                "exec",
                noexec
                        ? temporary + " is mounted noexec, which does no harm: nothing is unpacked there"
                        : "allowed in " + temporary);
        findings.ok(
                "memory",
                Figures.bytes(Runtime.getRuntime().maxMemory()) + " heap at most; more by STRIPELINE_JAVA_OPTS=-Xmx4g");
        findings.ok("java", Runtime.version() + ", " + System.getProperty("java.home"));
    }

    /** The soft limit in {@code /proc/self/limits}; the JVM has raised it to the hard one at its start. */
    static long openFiles(List<String> limits) {
        for (String line : limits) {
            if (line.startsWith("Max open files")) {
                String soft = line.substring("Max open files".length()).trim().split("\\s+", -1)[0];
                return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
            }
        }
        return 0;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
