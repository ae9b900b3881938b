package io.stripeline.cli;

import io.stripeline.program.Figures;
import io.stripeline.program.MountPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;

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
        unpacking(
                System.getProperties(),
                directory -> MountPoint.of(directory).options().contains("noexec"),
                findings);
        findings.ok(
                "memory",
                Figures.bytes(Runtime.getRuntime().maxMemory()) + " heap at most; more by STRIPELINE_JAVA_OPTS=-Xmx4g");
        findings.ok("java", Runtime.version() + ", " + System.getProperty("java.home"));
    }

    /**
     * Native libraries are loaded from where they were built or installed, as the launcher tells each of them by a
     * property. Those of a processor for which there are none are unpacked first, and cannot be loaded from a mount that
     * allows no execution.
     */
    static void unpacking(Properties java, Predicate<Path> isNoexec, Findings findings) {
        String temporary = java.getProperty("java.io.tmpdir", "/tmp");
        Map<String, Path> unpacked = new TreeMap<>();
        if (!java.containsKey("jffi.boot.library.path")) {
            unpacked.put("jffi", Path.of(java.getProperty("jffi.extract.dir", temporary)));
        }
        if (!java.containsKey("ZstdNativePath")) {
            unpacked.put("zstd", Path.of(java.getProperty("ZstdTempFolder", temporary)));
        }
        List<String> stopped = new ArrayList<>();
        unpacked.forEach((library, directory) -> {
            if (isNoexec.test(directory)) {
                stopped.add(library + " from " + directory);
            }
        });
        findings.check(
                "exec",
                stopped.isEmpty(),
                unpacked.isEmpty()
                        ? "libraries are loaded from where they are installed: a noexec " + temporary + " does no harm"
                        : "libraries that are unpacked first can be loaded: " + unpacked,
                "mounted noexec, so that no library can be loaded there: " + String.join(", ", stopped)
                        + ". Set XDG_CACHE_HOME to a directory that allows execution");
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
