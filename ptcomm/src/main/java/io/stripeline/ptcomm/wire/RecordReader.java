package io.stripeline.ptcomm.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The records of the batch that a {@link PacketReader} is in, one after the other; their bodies are taken piece by piece,
 * so that no batch is held as a whole. Strict, as {@link BatchRecord} is. Of one thread.
 */
public final class RecordReader implements Payload {
    private final PacketReader packet;
    private final ByteBuffer header = ByteBuffer.allocate(BatchRecord.HEADER_BYTES);
    private BatchRecord.Header record = new BatchRecord.Header(RecordType.END, false, 0);
    private int left;

    public RecordReader(PacketReader packet) {
        this.packet = packet;
    }

    /**
     * Reads the header of the next record of the current packet, which has bytes left.
     *
     * @throws ProtocolException where it is none, or does not end in its packet
     */
    public RecordType next() throws IOException {
        if (left > 0) {
            throw new IllegalStateException(left + " bytes of a record " + record.type() + " were not taken");
        }
        int inPacket = packet.left();
        packet.take(header.clear());
        record = BatchRecord.Header.next(header.flip(), inPacket);
        left = record.length();
        return record.type();
    }

    /** Whether the record, of DATA, begins with an offset. */
    public boolean withOffset() {
        return record.withOffset();
    }

    @Override
    public int left() {
        return left;
    }

    @Override
    public void take(ByteBuffer target) throws IOException {
        ByteBuffer window = target.duplicate().limit(target.position() + Math.min(left, target.remaining()));
        int before = window.position();
        packet.take(window);
        int taken = window.position() - before;
        left -= taken;
        target.position(before + taken);
    }
}
