package io.stripeline.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What this process has open, by /proc/self/fd, less what a JVM opens on its own account. */
final class Descriptors {
    private static final Path OPEN = Path.of("/proc/self/fd");

    static {
        try {
            // the first channel of a JVM opens a socket pair that stays
            FileChannel.open(Path.of("/proc/self/stat")).close();
        } catch (IOException notLinux) {
            throw new UncheckedIOException(notLinux);
        }
    }

    private Descriptors() {}

    /** {@code number -> target}, one each. */
    static Set<String> open() {
        Set<String> out = new HashSet<>();
        File[] descriptors = OPEN.toFile().listFiles();
        if (descriptors == null) {
            return out;
        }
        for (File descriptor : descriptors) {
            try {
                String target = Files.readSymbolicLink(descriptor.toPath()).toString();
                if (!isOfJvm(target)) {
                    out.add(descriptor.getName() + " -> " + target);
                }
            } catch (IOException closedMeanwhile) {
                // it was the listing's own, or another thread's: not open any more, so nothing to count
                continue;
            }
        }
        return out;
    }

    /** Class loading opens jars, random numbers and cgroup limits are read from files that stay open. */
    private static boolean isOfJvm(String target) {
        return target.endsWith(".jar")
                || target.endsWith("/modules")
                || target.startsWith("/dev/")
                || target.startsWith("/sys/fs/cgroup/")
                || target.startsWith("/proc/") && target.endsWith("/fd")
                || target.contains("jffi");
    }
}
