package io.stripeline.ptcomm;

import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.Timestamp;
import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.PacketWriter;
import io.stripeline.ptcomm.wire.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** An entry as records of a batch, put in place into the buffer that goes to the plugin. */
final class BatchForm implements EntryForm {
    private static final byte[] NONE = new byte[0];

    /** A multiple of what the File Daemon reads at once. */
    private static final int PART_BYTES = 256 << 10;

    @Override
    public void head(PacketWriter out, Head head) throws IOException {
        Inode inode = head.inode();
        byte[] name = head.name();
        byte[] target = head.target() == null ? NONE : head.target();
        int length = BatchItem.FIXED_BYTES + name.length + target.length;
        boolean gathered = length <= PacketWriter.MAX_GATHERED_BODY; // all but names of depths beyond any PATH_MAX
        ByteBuffer to = gathered ? out.record(RecordType.ITEM, length) : ByteBuffer.allocate(length);
        to.putLong(head.number()).putInt(kind(head.letter(), inode) << 24);
        to.putInt(inode.mode()).putInt(inode.uid()).putInt(inode.gid()).putInt(inode.nlink());
        to.putInt(head.attributes().projectId());
        to.putLong(inode.sizeBytes())
                .putLong(inode.id().low())
                .putLong(inode.id().device());
        to.putLong(inode.isRegular() ? head.layout() : inode.rdev());
        time(to, inode.mtime());
        time(to, inode.atime());
        time(to, inode.ctime());
        time(to, inode.btime());
        to.putLong(head.first())
                .putInt(name.length)
                .putInt(target.length)
                .put(name)
                .put(target);
        if (!gathered) {
            out.record(RecordType.ITEM, to.flip());
        }
        for (byte[] part : head.metadata()) {
            out.record(RecordType.META, ByteBuffer.wrap(part));
        }
    }

    private static char kind(char letter, Inode inode) {
        boolean special = letter == 'F' && (inode.mode() & FileType.MASK) != FileType.REGULAR.bits();
        return special ? 'P' : letter;
    }

    private static void time(ByteBuffer to, Timestamp time) {
        to.putLong(time.seconds()).putInt(time.nanos());
    }

    @Override
    public void data(PacketWriter out, long offset, boolean jump, ByteBuffer bytes) throws IOException {
        long at = offset;
        boolean placed = jump;
        while (bytes.hasRemaining()) {
            ByteBuffer part = bytes.duplicate();
            if (part.remaining() > PacketWriter.MAX_BODY) {
                part.limit(part.position() + PART_BYTES);
            }
            bytes.position(part.limit());
            int length = part.remaining();
            if (placed) {
                out.dataAt(at, part);
            } else {
                out.record(RecordType.DATA, part);
            }
            at += length;
            placed = false;
        }
    }

    @Override
    public void end(PacketWriter out, List<byte[]> blobs) throws IOException {
        if (blobs.size() > 1) {
            out.record(RecordType.ACL, ByteBuffer.wrap(blobs.get(1)));
        }
        if (!blobs.isEmpty()) {
            out.record(RecordType.XATTR, ByteBuffer.wrap(blobs.get(0)));
        }
        out.record(RecordType.END, 1).put(BatchRecord.GOOD);
    }

    @Override
    public void gone(PacketWriter out, byte[] name) throws IOException {
        out.record(RecordType.GONE, ByteBuffer.wrap(name));
    }
}
