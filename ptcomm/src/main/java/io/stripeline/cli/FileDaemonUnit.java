package io.stripeline.cli;

import io.stripeline.program.Figures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the service of bacula-fd would not let a backend do: the File Daemon starts it, so it lives under the limits of
 * that unit (systemd.exec(5), systemd.resource-control(5)) and of its SELinux domain.
 */
final class FileDaemonUnit {
    private static final String UNIT = "bacula-fd.service";

    private static final List<String> PROPERTIES = List.of(
            "LoadState",
            "MemoryDenyWriteExecute",
            "ProtectSystem",
            "ProtectHome",
            "PrivateNetwork",
            "PrivateDevices",
            "NoNewPrivileges",
            "MemoryMax",
            "TasksMax");

    /** Heap, direct memory and the JVM's own of one job. */
    private static final long BYTES_A_JOB = 256L << 20;

    /** Threads of a job that reads and walks with all its workers. */
    private static final long THREADS_A_JOB = 400;

    private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");
    private static final int SECONDS = 5;

    private FileDaemonUnit() {}

    static void look(Findings findings) {
        Map<String, String> unit = show();
        if (!unit.getOrDefault("LoadState", "").equals("loaded")) {
            findings.ok("bacula-fd", "no " + UNIT + " on this host");
        } else {
            judge(unit, findings);
        }
        findings.check(
                "selinux",
                !isEnforcing(),
                "not enforcing",
                "enforcing: bacula-fd's domain may deny a JVM executable memory (execmem); label the launcher as the"
                        + " administrator's guide says, and look with ausearch -m avc -c java");
    }

    /** What the properties of the unit mean for a JVM. */
    static void judge(Map<String, String> unit, Findings findings) {
        findings.check(
                "fd jit",
                !isYes(unit, "MemoryDenyWriteExecute"),
                "bacula-fd lets a JVM compile",
                "MemoryDenyWriteExecute=yes stops every JVM: set it to no in a drop-in of " + UNIT);
        String system = unit.getOrDefault("ProtectSystem", "no");
        findings.check(
                "fd system",
                !system.equals("strict") && !system.equals("full"),
                "bacula-fd may write to the system",
                "ProtectSystem=" + system + ": restores to /usr, /etc and more fail; the log and"
                        + " state directories need ReadWritePaths=");
        String home = unit.getOrDefault("ProtectHome", "no");
        findings.check(
                "fd home",
                home.equals("no") || home.isEmpty(),
                "bacula-fd sees home directories",
                "ProtectHome=" + home + ": /home and /root are empty or read-only for it");
        findings.check(
                "fd network",
                !isYes(unit, "PrivateNetwork"),
                "bacula-fd sees the network",
                "PrivateNetwork=yes: schedulers and object stores cannot be reached");
        findings.check(
                "fd devices",
                !isYes(unit, "PrivateDevices"),
                "bacula-fd may make devices",
                "PrivateDevices=yes: device nodes cannot be restored");
        long memory = number(unit.getOrDefault("MemoryMax", ""));
        findings.check(
                "fd memory",
                memory >= BYTES_A_JOB,
                memory == Long.MAX_VALUE
                        ? "no limit"
                        : Figures.bytes(memory) + ", enough for " + memory / BYTES_A_JOB + " jobs at once",
                "MemoryMax=" + memory + " is less than the " + Figures.bytes(BYTES_A_JOB) + " of one job");
        long tasks = number(unit.getOrDefault("TasksMax", ""));
        findings.check(
                "fd tasks",
                tasks >= THREADS_A_JOB,
                tasks == Long.MAX_VALUE
                        ? "no limit"
                        : tasks + " threads, enough for " + tasks / THREADS_A_JOB + " jobs",
                "TasksMax=" + tasks + " is less than the " + THREADS_A_JOB + " threads that one job may need");
    }

    private static boolean isYes(Map<String, String> unit, String property) {
        return unit.getOrDefault(property, "no").equals("yes");
    }

    /** {@code infinity}, nothing, or a number. */
    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private static Map<String, String> show() {
        try {
            Process systemctl = new ProcessBuilder(
                            "systemctl", "show", UNIT, "--property=" + String.join(",", PROPERTIES))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            systemctl.getOutputStream().close();
            String out = new String(systemctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!systemctl.waitFor(SECONDS, TimeUnit.SECONDS)) {
                systemctl.destroyForcibly();
            }
            return parse(out);
        } catch (IOException noSystemd) {
            return Map.of(); // a host without systemd has no unit either
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Map.of();
        }
    }

    /** Lines of {@code Property=value}. */
    static Map<String, String> parse(String out) {
        Map<String, String> unit = new HashMap<>();
        out.lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.indexOf('=');
            unit.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return unit;
    }

    private static boolean isEnforcing() {
        try {
            return Files.isReadable(SELINUX) && Files.readString(SELINUX).trim().equals("1");
        } catch (IOException unknown) {
            return false; // the file is there and cannot be read: no kernel does that
        }
    }
}
