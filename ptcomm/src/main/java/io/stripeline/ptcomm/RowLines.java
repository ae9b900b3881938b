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

/** STAT and TSTAMP of a row of a scan, in questions, which take no third attribute; and their answers of one word. */
final class RowLines {
    private RowLines() {}

    static void write(PacketWriter out, Text text, InodeBatch rows, int row) throws IOException {
        Inode inode = rows.inode(row);
        new StatLine(
                        letter(inode.mode(), inode.sizeBytes()),
                        inode.sizeBytes(),
                        inode.uid(),
                        inode.gid(),
                        inode.mode(),
                        Integer.toUnsignedLong(inode.nlink()),
                        0)
                .to(text.start(StatLine.KEYWORD));
        out.command(text);
        new TimeLine(
                        rows.seconds(row, InodeBatch.ATIME),
                        rows.seconds(row, InodeBatch.MTIME),
                        rows.seconds(row, InodeBatch.CTIME))
                .to(text.start(TimeLine.KEYWORD));
        out.command(text);
    }

    /** The letter of STAT; special files are files whose mode says which. */
    static char letter(int mode, long sizeBytes) {
        return switch (mode & FileType.MASK) {
            case 0040000 -> 'D';
            case 0120000 -> 'S';
            case 0100000 -> sizeBytes == 0 ? 'E' : 'F';
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
