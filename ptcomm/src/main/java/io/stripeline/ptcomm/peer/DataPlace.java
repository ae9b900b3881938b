package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.BatchRecord;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the data of one item of a batch belong. */
final class DataPlace {
    /** What the daemon reads at once. */
    private static final int RECORD_BYTES = 64 << 10;

    private final Wire wire;
    private final boolean holes;
    private final ItemCount count;
    private final FileHead head;
    private final Receiver receiver;
    private final boolean regular;
    private long offset;
    private boolean uneven;

    DataPlace(Wire wire, boolean holes, ItemCount count, FileHead head, Receiver receiver) {
        this.wire = wire;
        this.holes = holes;
        this.count = count;
        this.head = head;
        this.receiver = receiver;
        this.regular = head.stat().type() == 'F' && (head.stat().mode() & 0170000) == 0100000;
    }

    void data(BatchRecord record) throws IOException {
        ByteBuffer body = record.body();
        if (!regular) {
            throw wire.broken(18, "data of what has none: " + head);
        }
        if (record.withOffset()) {
            jump(body);
        } else if (uneven) {
            count.shortData();
        }
        int length = body.remaining();
        if (length == 0) {
            throw wire.broken(3, "an empty record of data");
        }
        receiver.data(offset, body);
        count.data(length);
        offset += length;
        uneven = length % RECORD_BYTES != 0;
    }

    private void jump(ByteBuffer body) throws IOException {
        if (!holes || body.remaining() < Long.BYTES) {
            throw wire.broken(18, "an offset that was not agreed on, or is none");
        }
        long to = body.getLong();
        if (to < offset) {
            throw wire.broken(18, "a step back from " + offset);
        }
        offset = to;
    }
}
