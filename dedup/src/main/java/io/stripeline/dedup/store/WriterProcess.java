package io.stripeline.dedup.store;

import io.stripeline.posix.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Names a process so that others know for sure when it is gone: boot, namespace of process ids, process id, and when it
 * began, in clock ticks since the boot (proc(5), field 22 of {@code stat}). Of processes of another machine, boot or
 * namespace nothing is known, and what is not known counts as running.
 */
final class WriterProcess {
    private static final Path PROC = Path.of("/proc");

    private WriterProcess() {}

    /** This process; empty where the kernel does not say. */
    static String own() {
        return of(Processes.pid());
    }

    /** One that runs. */
    static String of(long pid) {
        try {
            return where(PROC) + " " + one(PROC, pid);
        } catch (IOException unknown) {
            return ""; // then nobody takes it for gone
        }
    }

    private static String where(Path proc) throws IOException {
        if (!Files.readSymbolicLink(proc.resolve("self")).toString().equals(String.valueOf(Processes.pid()))) {
            throw new IOException(proc + " is of another namespace of process ids"); // as after unshare(1) --pid
        }
        return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip() + " "
                + Files.readSymbolicLink(proc.resolve("self/ns/pid"));
    }

    private static String one(Path proc, long pid) throws IOException {
        String stat = Files.readString(proc.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return pid + " " + afterName[19];
    }

    /** Whether a process is known to have ended. */
    static boolean isGone(String named) {
        return isGone(named, PROC);
    }

    /** The same, by a proc(5) mounted elsewhere. */
    static boolean isGone(String named, Path proc) {
        String[] words = named.split(" ");
        try {
            if (words.length != 4 || !where(proc).equals(words[0] + " " + words[1])) {
                return false;
            }
            int pid = Integer.parseInt(words[2]);
            return isGone(pid, words[3], proc);
        } catch (IOException | NumberFormatException unknown) {
            return false;
        }
    }

    /** Mounted with {@code hidepid=}, proc(5) has no process of other users: the kernel knows whether there is one. */
    private static boolean isGone(int pid, String begun, Path proc) throws IOException {
        try {
            return !one(proc, pid).equals(pid + " " + begun);
        } catch (NoSuchFileException endedOrHidden) {
            return !Processes.exists(pid);
        }
    }
}
