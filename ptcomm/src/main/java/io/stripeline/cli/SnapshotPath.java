package io.stripeline.cli;

import io.stripeline.inode.RawPath;

/** Reads a path that somebody typed or pasted from a report, relative to the root of a snapshot. */
final class SnapshotPath {
    private SnapshotPath() {}

    /**
     * @param root of the snapshot, absolute: a path that starts with it means what is below it
     * @param text as {@link RawPath#toString} prints paths; slashes around and {@code ./} in front do not matter
     */
    static RawPath parse(RawPath root, String text) {
        RawPath typed = RawPath.parsePrintable(text);
        if (typed.isAbsolute() && root.contains(typed)) {
            byte[] all = typed.toBytes();
            byte[] below = java.util.Arrays.copyOfRange(all, root.length(), all.length);
            return trimmed(below);
        }
        return trimmed(typed.toBytes());
    }

    /** @throws Trouble.Usage for a text that is no path, before anything is opened */
    static void check(String text) {
        Given.as("PATH", text, RawPath::parsePrintable);
    }

    private static RawPath trimmed(byte[] path) {
        int from = 0;
        int to = path.length;
        while (from < to && (path[from] == '/' || isDot(path, from, to))) {
            from++;
        }
        while (to > from && path[to - 1] == '/') {
            to--;
        }
        return RawPath.of(java.util.Arrays.copyOfRange(path, from, to));
    }

    /** A component that is a single dot. */
    private static boolean isDot(byte[] path, int at, int to) {
        return path[at] == '.' && (at + 1 == to || path[at + 1] == '/') && (at == 0 || path[at - 1] == '/');
    }
}
