package io.stripeline.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The mask of this process (proc_pid_status(5)), looked at without changing it as umask(2) would. */
final class Umask {
    private static final int USUAL = 022;

    private Umask() {}

    /** The mask; 022 where /proc does not tell. */
    static int current() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Umask:")) {
                    return Integer.parseInt(line.substring(6).trim(), 8);
                }
            }
            return USUAL;
        } catch (IOException noProc) {
            return USUAL;
        }
    }
}
