package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** DATA and what follows up to its EOD, or the EOD that says "no data". */
final class DataReader {
    static final String SEEK = "X-SEEK:";

    /** What the daemon reads at once. */
    private static final int RECORD_BYTES = 64 << 10;

    private final Wire wire;
    private final boolean holes;
    private final ItemCount count;

    DataReader(Wire wire, boolean holes, ItemCount count) {
        this.wire = wire;
        this.holes = holes;
        this.count = count;
    }

    void read(FileHead head, Receiver receiver) throws IOException {
        Packet first = wire.read("DATA or the EOD of a file without");
        if (first.status() == Status.EOD) {
            return;
        }
        if (!first.is("DATA")) {
            throw wire.broken(28, "behind the attributes comes DATA or EOD");
        }
        boolean regular = head.stat().type() == 'F' && (head.stat().mode() & 0170000) == 0100000;
        long offset = 0;
        boolean sought = false;
        boolean uneven = false;
        while (true) {
            Packet packet = wire.read("data or its end");
            if (packet.status() == Status.EOD) {
                break;
            }
            if (packet.status() == Status.DATA) {
                if (!regular) {
                    throw wire.broken(18, "data of what has none: " + head);
                }
                if (uneven) {
                    count.shortData();
                }
                int length = packet.payload().length;
                receiver.data(offset, ByteBuffer.wrap(packet.payload()));
                count.data(length);
                offset += length;
                uneven = length % RECORD_BYTES != 0;
                sought = false;
            } else if (holes && packet.startsWith(SEEK)) {
                offset = seek(packet, offset);
                sought = true;
                uneven = false;
            } else {
                throw wire.broken(23, "data of a file are D packets up to an EOD");
            }
        }
        if (sought) {
            throw wire.broken(18, "a hole at the end is lost without the last byte behind it: " + head);
        }
    }

    private long seek(Packet packet, long offset) throws IOException {
        String text = new String(packet.after(SEEK), StandardCharsets.US_ASCII);
        if (!text.matches("[0-9]{1,18}")) {
            throw wire.broken(18, "an offset is a decimal number");
        }
        long to = Long.parseLong(text);
        if (to < offset) {
            throw wire.broken(18, "a step back from " + offset);
        }
        return to;
    }
}
