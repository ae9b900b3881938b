package io.stripeline.fs.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A line of /proc/self/mountinfo (proc_pid_mountinfo(5)).
 *
 * @param point where it is mounted, raw bytes
 * @param type kind of filesystem
 * @param source what is mounted: a device, {@code server:/export}, or a word
 */
record Mount(byte[] point, String type, String source) {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    /** The first mount of this {@code st_dev}; none where the filesystem uses other numbers (btrfs subvolumes). */
    static Optional<Mount> ofDevice(long device) {
        long major = (device >>> 8 & 0xFFF) | (device >>> 32 & 0xFFFFF000L);
        long minor = (device & 0xFF) | (device >>> 12 & 0xFFFFFF00L);
        String wanted = major + ":" + minor;
        try {
            for (String line : lines()) {
                String[] fields = line.split(" ");
                int dash = List.of(fields).indexOf("-");
                if (dash > 4 && fields.length > dash + 2 && fields[2].equals(wanted)) {
                    return Optional.of(new Mount(unescape(fields[4]), fields[dash + 1], fields[dash + 2]));
                }
            }
        } catch (IOException noProc) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** ISO 8859-1 keeps every byte as it is. */
    private static List<String> lines() throws IOException {
        return Files.readAllLines(MOUNTINFO, StandardCharsets.ISO_8859_1);
    }

    /** Space, tab, newline and backslash are written as three octal digits. */
    private static byte[] unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
