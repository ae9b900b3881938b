package io.stripeline.dedup.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Names a process so that others know for sure when it is gone: boot, namespace of process ids, process id, and when it
 * began, in clock ticks since the boot (proc(5), field 22 of {@code stat}). Of processes of another machine, boot or
 * namespace nothing is known.
 */
final class WriterProcess {
    private static final Path PROC = Path.of("/proc");

    private WriterProcess() {}

    /** This process; empty where the kernel does not say. */
    static String own() {
        return of(ProcessHandle.current().pid());
    }

    /** One that runs. */
    static String of(long pid) {
        try {
            return where() + " " + one(pid);
        } catch (IOException unknown) {
            return ""; // then nobody takes it for gone
        }
    }

    private static String where() throws IOException {
        return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip() + " "
                + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
    }

    private static String one(long pid) throws IOException {
        String stat = Files.readString(PROC.resolve(pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return pid + " " + afterName[19];
    }

    /** Whether a process is known to have ended. */
    static boolean isGone(String named) {
        String[] words = named.split(" ");
        try {
            if (words.length != 4 || !where().equals(words[0] + " " + words[1])) {
                return false;
            }
            return !one(Long.parseLong(words[2])).equals(words[2] + " " + words[3]);
        } catch (NoSuchFileException ended) {
            return Files.exists(PROC.resolve("self/stat"));
        } catch (IOException | NumberFormatException unknown) {
            return false;
        }
    }
}
