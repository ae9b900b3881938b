package io.stripeline.ptcomm.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The spelling of names that the stock plugin cannot carry: it strips trailing white space of every command, so a name
 * or link target that ends in it would come back as another name, or fall together with one.
 *
 * <p>Only such a name is touched: each trailing byte that would be stripped becomes {@code \xHH}, and each backslash of
 * that name is doubled. The blob of the entry carries the true bytes. The escape is injective among escaped names; a
 * name that looks escaped by nature is told apart by its blob, which says "escaped" or not.
 */
public final class NameEscape {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};

    private NameEscape() {}

    /** True where the peer would strip the end of this name. */
    public static boolean isNeeded(byte[] name) {
        return name.length > 0 && isStripped(name[name.length - 1]);
    }

    /** The name as it goes over the wire: itself, or its escaped spelling where {@link #isNeeded}. */
    public static byte[] escape(byte[] name) {
        if (!isNeeded(name)) {
            return name;
        }
        int end = name.length;
        while (end > 0 && isStripped(name[end - 1])) {
            end--;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length + 16);
        for (int i = 0; i < end; i++) {
            out.write(name[i]);
            if (name[i] == '\\') {
                out.write('\\');
            }
        }
        for (int i = end; i < name.length; i++) {
            out.write('\\');
            out.write('x');
            out.write(HEX[name[i] >> 4 & 15]);
            out.write(HEX[name[i] & 15]);
        }
        return out.toByteArray();
    }

    /** The inverse of {@link #escape} for a name of which it is known that it was escaped. */
    public static byte[] unescape(byte[] escaped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(escaped.length);
        for (int i = 0; i < escaped.length; i++) {
            if (escaped[i] != '\\') {
                out.write(escaped[i]);
            } else if (i + 1 < escaped.length && escaped[i + 1] == '\\') {
                out.write('\\');
                i++;
            } else if (i + 3 < escaped.length
                    && escaped[i + 1] == 'x'
                    && hex(escaped[i + 2]) >= 0
                    && hex(escaped[i + 3]) >= 0) {
                out.write(hex(escaped[i + 2]) << 4 | hex(escaped[i + 3]));
                i += 3;
            } else {
                throw new ProtocolException("Bad escape in name '"
                        + io.stripeline.inode.RawPath.printable(Arrays.copyOf(escaped, Math.min(escaped.length, 255)))
                        + "'");
            }
        }
        return out.toByteArray();
    }

    /**
     * True for a name that {@link #escape} may have made: for the moments in which the blob that knows is not there yet.
     */
    public static boolean looksEscaped(byte[] name) {
        int at = name.length - 4;
        if (at < 0 || name[at] != '\\' || name[at + 1] != 'x') {
            return false;
        }
        int high = hex(name[at + 2]);
        int low = hex(name[at + 3]);
        if (high < 0 || low < 0 || !isStripped((byte) (high << 4 | low))) {
            return false;
        }
        try {
            return Arrays.equals(escape(unescape(name)), name);
        } catch (ProtocolException notEscaped) {
            return false;
        }
    }

    /**
     * The exact bytes of a name that came back escaped, given what was saved. What both have in common, from the end,
     * gets its bytes back; what was put or replaced in front of it stays. A name whose end is another now stays whole.
     *
     * @param saved the exact name at the backup
     * @param restored its escaped spelling, with another front perhaps
     */
    public static byte[] exact(byte[] saved, byte[] restored) {
        int run = saved.length;
        while (run > 0 && isStripped(saved[run - 1])) {
            run--;
        }
        int from = saved.length;
        int end = restored.length;
        while (from > 0) {
            byte[] spelling = spelling(saved[from - 1], from > run);
            int start = end - spelling.length;
            if (start < 0 || !Arrays.equals(restored, start, end, spelling, 0, spelling.length)) {
                break;
            }
            end = start;
            from--;
        }
        if (run == saved.length || from > run) {
            return restored;
        }
        byte[] out = Arrays.copyOf(restored, end + saved.length - from);
        System.arraycopy(saved, from, out, end, saved.length - from);
        return out;
    }

    private static byte[] spelling(byte b, boolean stripped) {
        if (stripped) {
            return new byte[] {'\\', 'x', HEX[b >> 4 & 15], HEX[b & 15]};
        }
        return b == '\\' ? new byte[] {b, b} : new byte[] {b};
    }

    private static int hex(byte b) {
        return Character.digit(b, 16);
    }

    /** What C's isspace() takes in the C locale. */
    private static boolean isStripped(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }
}
