package io.stripeline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who this process is and what the kernel lets it do, from {@code /proc/self/status} (proc_pid_status(5)).
 *
 * @param uid effective user
 * @param effective bit set of capabilities(7)
 */
record Privileges(long uid, long effective) {
    /** Numbers of linux/capability.h. */
    static final int CHOWN = 0;

    static final int DAC_READ_SEARCH = 2;
    static final int FOWNER = 3;
    static final int LINUX_IMMUTABLE = 9;
    static final int SYS_ADMIN = 21;
    static final int MKNOD = 27;

    static Privileges own() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self/status")));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Privileges parse(List<String> status) {
        long uid = -1;
        long effective = 0;
        for (String line : status) {
            if (line.startsWith("Uid:")) {
                uid = Long.parseLong(line.split("\\s+", -1)[2]);
            } else if (line.startsWith("CapEff:")) {
                effective = Long.parseUnsignedLong(line.split("\\s+", -1)[1], 16);
            }
        }
        return new Privileges(uid, effective);
    }

    boolean has(int capability) {
        return (effective >>> capability & 1) != 0;
    }
}
