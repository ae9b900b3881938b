package io.stripeline.cli;

import io.stripeline.program.Figures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
            "MainPID",
            "MemoryDenyWriteExecute",
            "ProtectSystem",
            "ReadWritePaths",
            "ProtectHome",
            "PrivateNetwork",
            "PrivateDevices",
            "NoNewPrivileges",
            "MemoryMax",
            "TasksMax");

    /** Heap, direct memory and the JVM's own of one job, or of each Plugin line of its FileSet. */
    private static final long BYTES_A_LINE = 256L << 20;

    /** Threads of one that reads and walks with all its workers. */
    private static final long THREADS_A_LINE = 400;

    private static final int SECONDS = 5;

    private FileDaemonUnit() {}

    static void look(Findings findings) {
        Map<String, String> unit = show();
        if (!unit.getOrDefault("LoadState", "").equals("loaded")) {
            findings.ok("bacula-fd", "no " + UNIT + " on this host");
        } else {
            judge(unit, findings);
        }
        long pid = number(unit.getOrDefault("MainPID", "0"));
        SelinuxPolicy.ofHost(pid).judge(findings);
    }

    /** What the properties of the unit mean for a JVM. */
    static void judge(Map<String, String> unit, Findings findings) {
        findings.check(
                "fd jit",
                !isYes(unit, "MemoryDenyWriteExecute"),
                "bacula-fd lets a JVM compile",
                "MemoryDenyWriteExecute=yes stops every JVM: set it to no in a drop-in of " + UNIT);
        system(unit, findings);
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
                memory >= BYTES_A_LINE,
                memory == Long.MAX_VALUE
                        ? "no limit"
                        : Figures.bytes(memory) + ", enough for " + memory / BYTES_A_LINE
                                + " Plugin lines in the jobs that run at once",
                "MemoryMax=" + memory + " is less than the " + Figures.bytes(BYTES_A_LINE) + " of one Plugin line");
        long tasks = number(unit.getOrDefault("TasksMax", ""));
        findings.check(
                "fd tasks",
                tasks >= THREADS_A_LINE,
                tasks == Long.MAX_VALUE
                        ? "no limit"
                        : tasks + " threads, enough for " + tasks / THREADS_A_LINE + " Plugin lines",
                "TasksMax=" + tasks + " is less than the " + THREADS_A_LINE + " threads that one Plugin line may need");
    }

    /** What is read-only by which value: systemd.exec(5). */
    private static void system(Map<String, String> unit, Findings findings) {
        String value = unit.getOrDefault("ProtectSystem", "no");
        String writable = unit.getOrDefault("ReadWritePaths", "");
        String except = writable.isEmpty() ? "" : ", except below " + writable;
        String lost = switch (value) {
            case "no", "" -> "";
            case "yes" -> "no restore to /usr, /boot and /efi" + except;
            case "full" -> "no restore to /usr, /boot, /efi and /etc" + except;
            case "strict" ->
                "all is read-only but /dev, /proc and /sys" + except + ": no restore anywhere else, and a backup needs"
                        + " ReadWritePaths= of bacula-fd's working directory, /var/log/stripeline and /tmp";
            default -> "a value that this release does not know: some of the system may be read-only";
        };
        findings.check(
                "fd system",
                lost.isEmpty(),
                "bacula-fd may write everywhere",
                "ProtectSystem=" + value + ": " + lost + "; set it to no in a drop-in of " + UNIT);
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
}
