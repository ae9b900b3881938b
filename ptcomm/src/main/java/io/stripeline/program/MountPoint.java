package io.stripeline.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)).
 *
 * @param where mount point
 * @param type filesystem, for example {@code ext4} or {@code fuse.sshfs}
 * @param source device or server
 * @param options of the mount and of its superblock together
 */
public record MountPoint(Path where, String type, String source, Set<String> options) {
    /** The mount that holds {@code path}, which must exist. */
    public static MountPoint of(Path path) {
        try {
            // names of mount points are bytes; ISO-8859-1 keeps each of them, and escapes are octal
            return find(
                    path.toRealPath(),
                    Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** True where something is mounted below {@code directory}, which must exist; its own mount does not count. */
    public static boolean isAnyBelow(Path directory) {
        try {
            Path real = directory.toRealPath();
            return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1).stream()
                    .anyMatch(line -> isBelow(real, line));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Compares bytes: a mount point may have any name. */
    private static boolean isBelow(Path real, String line) {
        String[] fields = line.split(" ", -1);
        String encoding =
                System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
        String bytes = new String(real.toString().getBytes(Charset.forName(encoding)), StandardCharsets.ISO_8859_1);
        return fields.length > 4
                && bytes(fields[4]).startsWith(bytes.endsWith("/") ? bytes : bytes + "/")
                && !bytes(fields[4]).equals("/");
    }

    /** The one of these lines that holds {@code real}, which has no links in it. */
    public static MountPoint find(Path real, List<String> mountinfo) {
        MountPoint best = new MountPoint(Path.of("/"), "unknown", "unknown", Set.of());
        for (String line : mountinfo) {
            String[] fields = line.split(" ", -1);
            int dash = Arrays.asList(fields).indexOf("-");
            if (fields.length < 6 || dash < 0 || fields.length < dash + 4) {
                continue; // a line of a kernel to come
            }
            Path where = Path.of(unescape(fields[4]));
            // of several mounts on one point the last one is on top
            if (real.startsWith(where) && where.getNameCount() >= best.where.getNameCount()) {
                Set<String> options = new HashSet<>(List.of(fields[5].split(",", -1)));
                options.addAll(List.of(fields[dash + 3].split(",", -1)));
                best = new MountPoint(where, fields[dash + 1], unescape(fields[dash + 2]), options);
            }
        }
        return best;
    }

    private static String unescape(String field) {
        return new String(bytes(field).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** A field as the bytes that it stands for, one a character. */
    private static String bytes(String field) {
        byte[] raw = field.getBytes(StandardCharsets.ISO_8859_1);
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '\\' && i + 3 < raw.length) {
                raw[length++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
                i += 3;
            } else {
                raw[length++] = raw[i];
            }
        }
        return new String(raw, 0, length, StandardCharsets.ISO_8859_1);
    }
}
