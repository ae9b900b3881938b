package io.stripeline.inode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path as the filesystem sees it: bytes, components separated by {@code /}, every byte but NUL allowed.
 *
 * <p>Immutable. Relative to the root of a volume or snapshot unless it starts with {@code /}; the root itself is the
 * empty path. No normalisation takes place: {@code ..} stays what it is, and code that writes below a target refuses
 * it. {@link #toString()} is for messages only: what is not printable UTF-8 appears as {@code \xHH}, so that a message
 * stays on one line and a terminal is not controlled by a file name.
 *
 * <p>The order of {@link #compareTo} sorts {@code /} below every other byte, so that a directory is followed by all
 * that is below it: {@code a}, {@code a/b}, {@code a-b}.
 */
public final class RawPath implements Comparable<RawPath> {
    /** The root of a volume: the empty path. */
    public static final RawPath ROOT = new RawPath(new byte[0]);

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final byte[] bytes;

    private RawPath(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A path of these bytes, which are copied. Throws {@link IllegalArgumentException} on a NUL byte. */
    public static RawPath of(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("A path cannot hold a NUL byte: " + printable(bytes));
            }
        }
        return bytes.length == 0 ? ROOT : new RawPath(bytes.clone());
    }

    /** The UTF-8 bytes of {@code text}; for paths that people type. */
    public static RawPath of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** This path with one more component. An empty name gives this path. */
    public RawPath child(byte[] name) {
        if (name.length == 0) {
            return this;
        }
        if (bytes.length == 0) {
            return of(name);
        }
        boolean slash = bytes[bytes.length - 1] != '/';
        byte[] joined = Arrays.copyOf(bytes, bytes.length + (slash ? 1 : 0) + name.length);
        if (slash) {
            joined[bytes.length] = '/';
        }
        System.arraycopy(name, 0, joined, joined.length - name.length, name.length);
        return new RawPath(joined);
    }

    /** All but the last component; the root for a path of one component. */
    public RawPath parent() {
        int slash = lastSlash();
        return slash <= 0
                ? (slash == 0 && bytes.length > 1 ? new RawPath(new byte[] {'/'}) : ROOT)
                : new RawPath(Arrays.copyOf(bytes, slash));
    }

    /** The last component, empty for the root. A new array. */
    public byte[] name() {
        return Arrays.copyOfRange(bytes, lastSlash() + 1, bytes.length);
    }

    /** The components from the top down; none for the root. New arrays. */
    public List<byte[]> components() {
        List<byte[]> out = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > from) {
                    out.add(Arrays.copyOfRange(bytes, from, i));
                }
                from = i + 1;
            }
        }
        return out;
    }

    public boolean isRoot() {
        return bytes.length == 0;
    }

    public boolean isAbsolute() {
        return bytes.length > 0 && bytes[0] == '/';
    }

    /** True for this path itself and everything below it. */
    public boolean contains(RawPath other) {
        return bytes.length == 0
                || (other.bytes.length >= bytes.length
                        && Arrays.equals(bytes, 0, bytes.length, other.bytes, 0, bytes.length)
                        && (other.bytes.length == bytes.length || other.bytes[bytes.length] == '/'));
    }

    /** The bytes, without a terminating NUL. A new array. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    private int lastSlash() {
        int i = bytes.length - 1;
        while (i >= 0 && bytes[i] != '/') {
            i--;
        }
        return i;
    }

    @Override
    public int compareTo(RawPath other) {
        return compare(bytes, other.bytes);
    }

    /** The order of {@link #compareTo} on plain arrays: unsigned bytes, {@code /} below all others. */
    public static int compare(byte[] a, byte[] b) {
        int at = Arrays.mismatch(a, b);
        if (at < 0) {
            return 0;
        }
        if (at >= a.length || at >= b.length) {
            return Integer.compare(a.length, b.length);
        }
        return Integer.compare(rank(a[at]), rank(b[at]));
    }

    private static int rank(byte b) {
        return b == '/' ? 0 : b & 0xFF;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawPath && Arrays.equals(bytes, ((RawPath) other).bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length == 0 ? "." : printable(bytes);
    }

    /** Bytes for a message: UTF-8 where valid and printable, {@code \xHH} elsewhere, backslash doubled. */
    public static String printable(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        int from = 0;
        while (from < bytes.length) {
            int length = utf8Length(bytes[from]);
            String text = length == 0 ? null : decode(bytes, from, Math.min(length, bytes.length - from));
            if (text == null || !isPrintable(text)) {
                out.append("\\x").append(HEX[(bytes[from] >> 4) & 15]).append(HEX[bytes[from] & 15]);
                from++;
            } else {
                out.append(text.equals("\\") ? "\\\\" : text);
                from += length;
            }
        }
        return out.toString();
    }

    /** The inverse of {@link #printable}, for paths that people paste from a report. */
    public static RawPath parsePrintable(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int i = 0;
        while (i < text.length()) {
            if (text.startsWith("\\\\", i)) {
                out.write('\\');
                i += 2;
            } else if (text.startsWith("\\x", i) && i + 4 <= text.length()) {
                out.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 4;
            } else {
                int end = text.offsetByCodePoints(i, 1);
                out.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end;
            }
        }
        return of(out.toByteArray());
    }

    private static int utf8Length(byte first) {
        int b = first & 0xFF;
        return b < 0x80 ? 1 : b < 0xC2 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0;
    }

    private static @org.jspecify.annotations.Nullable String decode(byte[] bytes, int from, int length) {
        try {
            CharBuffer chars = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, from, length));
            return chars.toString();
        } catch (CharacterCodingException malformed) {
            return null; // the caller prints the byte as \xHH
        }
    }

    private static boolean isPrintable(String text) {
        int c = text.codePointAt(0);
        int type = Character.getType(c);
        return !(Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED
                || type == Character.PRIVATE_USE);
    }
}
