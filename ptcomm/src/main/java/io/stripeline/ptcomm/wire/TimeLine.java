package io.stripeline.ptcomm.wire;

import java.nio.charset.StandardCharsets;

/**
 * The attribute {@code TSTAMP:<atime> <mtime> <ctime>}: seconds since 1970, signed 64 bit, no fractions.
 */
public record TimeLine(long atime, long mtime, long ctime) {
    /** The keyword on the wire. */
    public static final String KEYWORD = "TSTAMP:";

    /** Reads the text after {@code TSTAMP:}. */
    public static TimeLine parse(byte[] text) {
        String line = new String(text, StandardCharsets.ISO_8859_1);
        String[] fields = line.split(" ", -1);
        try {
            if (fields.length == 3) {
                return new TimeLine(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
            }
        } catch (NumberFormatException notNumbers) {
            // the message below says what is wrong
        }
        throw new ProtocolException("Bad TSTAMP '" + io.stripeline.inode.RawPath.printable(text)
                + "'; expected three numbers of seconds: atime mtime ctime");
    }

    /** Adds the text after {@code TSTAMP:}. */
    public void to(Text out) {
        out.add(atime).add(' ').add(mtime).add(' ').add(ctime);
    }

    @Override
    public String toString() {
        Text out = new Text().start("");
        to(out);
        return out.toString();
    }
}
