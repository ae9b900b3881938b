package io.stripeline.ptcomm;

import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Text;
import io.stripeline.ptcomm.wire.TimeLine;
import java.io.IOException;

/** STAT and TSTAMP, of items and of rows in questions, which take no third attribute; and answers of one word. */
final class RowLines {
    private RowLines() {}

    static void write(PacketWriter out, Text text, InodeBatch rows, int row) throws IOException {
        Inode inode = rows.inode(row);
        stat(out, text, inode, letter(inode), 0);
        times(out, text, inode);
    }

    /** @param linkIndex for the letter {@code L}, else 0 */
    static void stat(PacketWriter out, Text text, Inode inode, char letter, long linkIndex) throws IOException {
        new StatLine(
                        letter,
                        inode.sizeBytes(),
                        inode.uid(),
                        inode.gid(),
                        inode.mode(),
                        Integer.toUnsignedLong(inode.nlink()),
                        linkIndex)
                .to(text.start(StatLine.KEYWORD));
        out.command(text);
    }

    static void times(PacketWriter out, Text text, Inode inode) throws IOException {
        new TimeLine(
                        inode.atime().seconds(),
                        inode.mtime().seconds(),
                        inode.ctime().seconds())
                .to(text.start(TimeLine.KEYWORD));
        out.command(text);
    }

    /** The letter of STAT; special files are files whose mode says which. */
    static char letter(Inode inode) {
        return switch (inode.mode() & FileType.MASK) {
            case 0040000 -> 'D';
            case 0120000 -> 'S';
            case 0100000 -> inode.sizeBytes() == 0 ? 'E' : 'F';
            default -> 'F';
        };
    }

    /** True for the answer {@code first}, false for {@code second}; anything else is none. */
    static boolean isFirst(Packet answer, String first, String second) {
        if (!answer.is(first) && !answer.is(second)) {
            throw new ProtocolException("The plugin answers " + answer + "; expected " + first + " or " + second);
        }
        return answer.is(first);
    }
}
