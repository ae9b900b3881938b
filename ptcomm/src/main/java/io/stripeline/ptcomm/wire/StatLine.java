package io.stripeline.ptcomm.wire;

import java.nio.charset.StandardCharsets;

/**
 * The attribute {@code STAT:<type> <size> <uid> <gid> <mode> <nlink>[ <linkindex>]}.
 *
 * @param type {@code F} file, {@code E} empty file, {@code D} directory, {@code S} symlink, {@code L} hard link, {@code
 *     X} not known (answers to CHECKGET only)
 * @param sizeBytes signed 64 bit
 * @param uid unsigned 32 bit in an int; a restore sends values above 2^31 as negative numbers, which are taken modulo
 *     2^32
 * @param gid like {@code uid}
 * @param mode with file type bits; octal on the wire
 * @param nlink number of names
 * @param linkIndex FileIndex of the first name for {@code L}, else 0
 */
public record StatLine(char type, long sizeBytes, int uid, int gid, int mode, long nlink, long linkIndex) {
    /** The keyword on the wire. */
    public static final String KEYWORD = "STAT:";

    private static final String TYPES = "FEDSLX";

    public StatLine {
        if (TYPES.indexOf(type) < 0) {
            throw new ProtocolException("Type '" + type + "' in STAT; expected one of " + TYPES);
        }
    }

    /** Reads the text after {@code STAT:}. */
    public static StatLine parse(byte[] text) {
        String line = new String(text, StandardCharsets.ISO_8859_1);
        String[] fields = line.split(" ", -1);
        if (fields.length < 6 || fields.length > 7 || fields[0].length() != 1) {
            throw bad(line);
        }
        try {
            return new StatLine(
                    fields[0].charAt(0),
                    Long.parseLong(fields[1]),
                    id(fields[2]),
                    id(fields[3]),
                    Integer.parseUnsignedInt(fields[4], 8),
                    Long.parseLong(fields[5]),
                    fields.length == 7 ? Long.parseLong(fields[6]) : 0);
        } catch (NumberFormatException notNumbers) {
            throw bad(line);
        }
    }

    private static int id(String field) {
        long value = Long.parseLong(field);
        if (value < Integer.MIN_VALUE || value > 0xFFFF_FFFFL) {
            throw new NumberFormatException(field);
        }
        return (int) value;
    }

    private static ProtocolException bad(String line) {
        return new ProtocolException(
                "Bad STAT '" + io.stripeline.inode.RawPath.printable(line.getBytes(StandardCharsets.ISO_8859_1))
                        + "'; expected: type size uid gid octal-mode nlink [linkindex]");
    }

    /** Adds the text after {@code STAT:}. The link index is written for {@code L} only. */
    public void to(Text out) {
        out.add(type).add(' ').add(sizeBytes).add(' ');
        out.add(Integer.toUnsignedLong(uid))
                .add(' ')
                .add(Integer.toUnsignedLong(gid))
                .add(' ');
        out.octal(mode, 6).add(' ').add(nlink);
        if (type == 'L') {
            out.add(' ').add(linkIndex);
        }
    }

    @Override
    public String toString() {
        Text out = new Text().start("");
        to(out);
        return out.toString();
    }
}
