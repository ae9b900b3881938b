package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.posix.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** How far backends are, told by what they have written and never by time. */
final class Midway {
    /** What a JVM writes besides is far less. */
    static final long SOME_BYTES = 3 << 20;

    private static final Duration START = Duration.ofSeconds(60);
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    /** Of {@code /proc/PID/stat}, counted behind the name, which may have blanks. */
    private static final int SESSION_FIELD = 3;

    private Midway() {}

    /** The backend of a job, once it has written so many bytes to the plugin, or in a restore to files. */
    static ProcessHandle of(BaculaLab lab, int job, long writtenBytes) {
        Awaitility.await().atMost(START).until(() -> lab.backends(job).size() == 1);
        ProcessHandle backend = backend(lab, job);
        reach(backend, writtenBytes);
        return backend;
    }

    /** The same, and it stands still there until {@link #goOn}, however long what is done meanwhile takes. */
    static ProcessHandle held(BaculaLab lab, int job, long writtenBytes) {
        ProcessHandle backend = of(lab, job, writtenBytes);
        hold(backend);
        return backend;
    }

    /** Has a backend that goes on stand still once it has written so many bytes. */
    static void holdAt(ProcessHandle backend, long writtenBytes) {
        reach(backend, writtenBytes);
        hold(backend);
    }

    private static void hold(ProcessHandle backend) {
        Processes.signal(Math.toIntExact(backend.pid()), SIGSTOP);
    }

    static void goOn(ProcessHandle backend) {
        Processes.signal(Math.toIntExact(backend.pid()), SIGCONT);
    }

    private static ProcessHandle backend(BaculaLab lab, int job) {
        try {
            return lab.backends(job).get(0);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private static void reach(ProcessHandle backend, long writtenBytes) {
        Awaitility.await()
                .atMost(START)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> written(backend) > writtenBytes);
    }

    private static long written(ProcessHandle process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/io")).stream()
                .filter(line -> line.startsWith("wchar: "))
                .mapToLong(line -> Long.parseLong(line.substring(7)))
                .sum();
    }

    /** Whether a process has a file open whose name ends so. */
    static boolean hasOpen(ProcessHandle process, String nameEnd) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path one : all.toList()) {
                if (Files.readSymbolicLink(one).toString().endsWith(nameEnd)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All processes that come of the File daemon, be they its children or left behind by them: those of its session. */
    static List<ProcessHandle> ofFileDaemon(BaculaLab lab) throws IOException {
        long daemon = lab.daemon("bacula-fd").pid();
        long session = session(daemon);
        assertThat(session).as("session of bacula-fd").isPositive();
        return ProcessHandle.allProcesses()
                .filter(one -> one.pid() != daemon && session(one.pid()) == session)
                .toList();
    }

    private static long session(long pid) {
        try {
            String stat =
                    new String(Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1);
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[SESSION_FIELD]);
        } catch (IOException gone) {
            return -1;
        }
    }
}
