package io.stripeline.scan;

import io.stripeline.inode.RawPath;
import java.nio.charset.StandardCharsets;

/**
 * A pattern over raw path bytes: {@code *} any run without a slash, {@code **} any run, {@code ?} one byte but a slash,
 * {@code [a-z]} and {@code [!a-z]} one byte of a set, {@code \} takes the next byte literally. A pattern without a slash
 * is matched against the last component (as {@code .gitignore} does), one with a slash against the whole path relative
 * to the root; a leading slash only anchors.
 *
 * <p>Immutable, thread-safe. Matching takes time linear in the path for patterns with one star, and is bounded by the
 * product of the lengths for any pattern: no pattern hangs a walk.
 */
public final class Glob {
    private final String text;
    private final byte[] pattern;
    private final boolean wholePath;

    private Glob(String text, byte[] pattern, boolean wholePath) {
        this.text = text;
        this.pattern = pattern;
        this.wholePath = wholePath;
    }

    /** Reads a pattern; throws {@link IllegalArgumentException} for an empty one or an unclosed set. */
    public static Glob parse(String text) {
        if (text.isEmpty() || text.equals("/")) {
            throw new IllegalArgumentException("An empty pattern matches nothing; write ** for everything");
        }
        boolean whole = text.substring(0, text.length() - 1).contains("/");
        String body = text.startsWith("/") ? text.substring(1) : text;
        body = body.endsWith("/") ? body.substring(0, body.length() - 1) : body;
        byte[] pattern = body.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i] == '\\') {
                i++;
            } else if (pattern[i] == '[') {
                i = setEnd(pattern, i);
                if (i < 0) {
                    throw new IllegalArgumentException(
                            "'[' without ']' in pattern '" + text + "'; write \\[ for the byte");
                }
            }
        }
        return new Glob(text, pattern, whole);
    }

    /** True where the pattern needs the whole path, false where a name is enough. */
    public boolean needsPath() {
        return wholePath;
    }

    /** Matches a path relative to the root. */
    public boolean matches(RawPath path) {
        return matchesBytes(wholePath ? path.toBytes() : path.name());
    }

    /** Matches bytes as they are: a name, or a whole path where {@link #needsPath()}. */
    public boolean matchesBytes(byte[] subject) {
        int p = 0;
        int s = 0;
        int starP = -1;
        int starS = -1;
        int deepP = -1;
        int deepS = -1;
        while (true) {
            if (p < pattern.length && pattern[p] == '*') {
                if (p + 1 < pattern.length && pattern[p + 1] == '*') {
                    p += 2;
                    // "a/**/b" also matches "a/b": the slash after ** may stand for nothing
                    deepP = p;
                    deepS = s;
                    starP = -1;
                    if (p < pattern.length && pattern[p] == '/' && (p == 2 || pattern[p - 3] == '/')) {
                        p++;
                    }
                } else {
                    starP = ++p;
                    starS = s;
                }
                continue;
            }
            if (s == subject.length && p == pattern.length) {
                return true;
            }
            int next = s < subject.length && p < pattern.length ? one(p, subject[s]) : -1;
            if (next >= 0) {
                p = next;
                s++;
            } else if (starP >= 0 && starS < subject.length && subject[starS] != '/') {
                p = starP;
                s = ++starS;
            } else if (deepP >= 0 && deepS < subject.length) {
                p = deepP;
                s = ++deepS;
                starP = -1;
            } else {
                return false;
            }
        }
    }

    /** Position in the pattern after its element at {@code p}, or -1 where that does not match {@code b}. */
    private int one(int p, byte b) {
        switch (pattern[p]) {
            case '?':
                return b == '/' ? -1 : p + 1;
            case '[':
                int end = setEnd(pattern, p);
                return b != '/' && inSet(p + 1, end, b & 0xFF) ? end + 1 : -1;
            case '\\':
                return p + 1 < pattern.length ? (pattern[p + 1] == b ? p + 2 : -1) : (b == '\\' ? p + 1 : -1);
            default:
                return pattern[p] == b ? p + 1 : -1;
        }
    }

    private boolean inSet(int from, int end, int b) {
        boolean negated = pattern[from] == '!' || pattern[from] == '^';
        boolean found = false;
        for (int i = negated ? from + 1 : from; i < end; i++) {
            int low = pattern[i] & 0xFF;
            int high = low;
            if (i + 2 < end && pattern[i + 1] == '-') {
                high = pattern[i + 2] & 0xFF;
                i += 2;
            }
            found |= low <= b && b <= high;
        }
        return found != negated;
    }

    /** Index of the {@code ]} that closes the set at {@code open}; a bracket right after the opening is a member. */
    private static int setEnd(byte[] pattern, int open) {
        int i = open + 1;
        if (i < pattern.length && (pattern[i] == '!' || pattern[i] == '^')) {
            i++;
        }
        for (i++; i < pattern.length; i++) {
            if (pattern[i] == ']') {
                return i;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob && text.equals(((Glob) other).text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
