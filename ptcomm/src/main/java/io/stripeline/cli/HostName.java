package io.stripeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, asked of the kernel: a name server may be far away. */
final class HostName {
    private HostName() {}

    static String own() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
        } catch (IOException unreadable) {
            return "localhost"; // for people only, and --host says it better
        }
    }
}
