package io.stripeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether SELinux lets a JVM run that bacula-fd starts: it needs executable memory (permission {@code execmem}), which a
 * policy may deny to a domain, or to all of them by the boolean {@code deny_execmem} (selinux(8), booleans(8)).
 *
 * @param enforcing what is denied does not happen
 * @param denied to everybody
 * @param domain type of the running bacula-fd, from {@code /proc/PID/attr/current}; empty where none runs
 */
record SelinuxPolicy(boolean enforcing, boolean denied, String domain) {
    private static final Path MOUNT = Path.of("/sys/fs/selinux");

    /** @param pid of bacula-fd, 0 where none runs */
    static SelinuxPolicy ofHost(long pid) {
        return read(MOUNT, Path.of("/proc/" + pid + "/attr/current"));
    }

    static SelinuxPolicy read(Path selinux, Path label) {
        boolean enforcing = line(selinux.resolve("enforce")).equals("1");
        // the value in force, and one that waits to be committed
        boolean denied =
                line(selinux.resolve("booleans").resolve("deny_execmem")).startsWith("1");
        String[] fields = line(label).split(":", -1);
        return new SelinuxPolicy(enforcing, denied, fields.length > 2 ? fields[2] : "");
    }

    private static String line(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file).trim() : "";
        } catch (IOException notInUse) {
            return ""; // attr/current cannot be read where no security module labels processes
        }
    }

    void judge(Findings findings) {
        String look = "; look with ausearch -m avc -c java, and label the launcher as the administrator's guide says";
        if (!enforcing) {
            findings.ok("selinux", "not enforcing");
        } else if (denied) {
            findings.check(
                    "selinux", false, "", "the boolean deny_execmem stops every JVM: setsebool -P deny_execmem off");
        } else if (domain.isEmpty()) {
            findings.check(
                    "selinux",
                    false,
                    "",
                    "enforcing, and no bacula-fd runs whose domain would tell: it may deny a JVM executable memory"
                            + " (execmem)" + look);
        } else {
            findings.check(
                    "selinux",
                    domain.startsWith("unconfined"),
                    "enforcing, but bacula-fd runs as " + domain,
                    "enforcing, and bacula-fd runs as " + domain + ", which may be denied executable memory (execmem)"
                            + look);
        }
    }
}
