package io.stripeline.ptcomm;

import io.stripeline.ptcomm.blob.LayoutTable;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/** An entry as stock PTCOMM has it: a command a packet, and one for each end. */
final class PacketForm implements EntryForm {
    /** A multiple of what the File Daemon reads at once. */
    private static final int PART_BYTES = 256 << 10;

    private final long countBefore;
    private final Text text = new Text();
    private boolean inData;

    /** @param countBefore the FileIndex of the item before number 1 */
    PacketForm(long countBefore) {
        this.countBefore = countBefore;
    }

    @Override
    public void head(PacketWriter out, Head head) throws IOException {
        out.command(text.start("FNAME:").add(head.name()));
        RowLines.stat(out, text, head.inode(), head.letter(), head.first() == 0 ? 0 : countBefore + head.first());
        if (head.layout() != LayoutTable.NONE) {
            out.command("X-LAYOUT:" + HexFormat.of().toHexDigits(head.layout()));
        }
        RowLines.times(out, text, head.inode());
        byte[] target = head.target();
        if (target != null) {
            out.command(text.start("LSTAT:").add(target));
        }
        for (byte[] part : head.metadata()) {
            block(out, "METADATA_STREAM", part);
        }
        out.eod();
    }

    @Override
    public void data(PacketWriter out, long offset, boolean jump, ByteBuffer bytes) throws IOException {
        if (!inData) {
            inData = true;
            out.command("DATA");
        }
        if (jump) {
            out.command(text.start("X-SEEK:").add(offset));
        }
        while (bytes.remaining() > Packet.MAX_PAYLOAD) {
            ByteBuffer part = bytes.duplicate();
            part.limit(part.position() + PART_BYTES);
            bytes.position(part.limit());
            out.data(part);
        }
        out.data(bytes);
    }

    @Override
    public void end(PacketWriter out, List<byte[]> blobs) throws IOException {
        inData = false;
        out.eod(); // of the data, or that there is none
        if (blobs.size() > 1) {
            block(out, "ACL", blobs.get(1));
        }
        if (!blobs.isEmpty()) {
            block(out, "XATTR", blobs.get(0));
        }
    }

    private static void block(PacketWriter out, String keyword, byte[] part) throws IOException {
        out.command(keyword);
        out.data(ByteBuffer.wrap(part));
        out.eod();
    }

    @Override
    public void gone(PacketWriter out, byte[] name) throws IOException {
        out.command(text.start("GONE:").add(name));
    }
}
