package io.stripeline.ptcomm;

import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.RecordReader;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.write.Fate;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Items as records of batches, unanswered: what became of each is reported by {@link RestoreResults}. Restore objects come
 * before them as blocks that are answered.
 */
final class RecordBlocks implements RestoreBlocks {
    private static final int WASTE_BYTES = 64 << 10;

    private final BackendSession session;
    private final PacketReader in;
    private final RecordReader record;
    private final RestoreAssembly assembly;
    private final RestoreResults results;
    private final ByteBuffer waste = ByteBuffer.allocateDirect(WASTE_BYTES);

    private boolean begun;
    /** The item that has begun last, and whether its END is still to come. */
    private long number;

    private boolean open;
    /** It is refused: what comes of it is thrown away. */
    private boolean refused;
    /** What became of the item, where it is refused. */
    private Fate refusal = Fate.FAILED;

    RecordBlocks(BackendSession session, RestoreAssembly assembly, RestoreResults results) {
        this.session = session;
        this.in = session.reader();
        this.record = new RecordReader(in);
        this.assembly = assembly;
        this.results = results;
    }

    @Override
    public boolean step() throws IOException, InterruptedException {
        if (record.left() > 0) { // of DATA: all else is taken at once
            data();
        } else if (in.left() > 0) {
            record();
        } else {
            return packet();
        }
        return true;
    }

    private boolean packet() throws IOException {
        results.readerWaits();
        Status status = in.next();
        results.readerGoesOn();
        if (status == null) {
            throw new EOFException("The stream ended where a batch of the restore was expected");
        }
        if (status == Status.BATCH && in.left() > 0) {
            if (!begun) {
                begun = true;
                session.pluginWaits();
            }
            return true;
        }
        Packet packet = new Packet(status, in.rest());
        if (!begun && packet.startsWith("RESTOREOBJ:")) {
            assembly.object(packet.after("RESTOREOBJ:"), in);
            session.answer("OK");
            return true;
        }
        if (packet.is("FINISH") && !open) {
            session.pluginWaits();
            return false;
        }
        throw new ProtocolException("Expected a batch of the restore and got " + packet);
    }

    private void record() throws IOException, InterruptedException {
        RecordType type = record.next();
        if (open != (type != RecordType.ITEM)) {
            throw new ProtocolException(
                    "A record " + type + (open ? " inside item " + number : " behind item " + number));
        }
        switch (type) {
            case ITEM -> item(BatchItem.parse(ByteBuffer.wrap(record.rest())));
            case META, ACL, XATTR -> attached(record.rest());
            case DATA -> {
                if (record.withOffset()) {
                    seek();
                }
                if (record.left() == 0) {
                    throw new ProtocolException("A record of no data in item " + number);
                }
                data();
            }
            case END -> end(record.rest());
            default -> throw new ProtocolException("A record " + type + " in a restore");
        }
    }

    private void item(BatchItem item) {
        if (item.number() != number + 1) {
            throw new ProtocolException("Item " + item.number() + " comes behind item " + number);
        }
        number++;
        open = true;
        results.begun();
        char letter = item.kind() == 'P' ? 'F' : item.kind();
        boolean taken = assembly.begin(new RestoreAssembly.Head(
                item.name(),
                new StatLine(
                        letter,
                        item.sizeBytes(),
                        item.uid(),
                        item.gid(),
                        item.mode(),
                        Integer.toUnsignedLong(item.nlink()),
                        item.first()),
                new TimeLine(item.atimeSeconds(), item.mtimeSeconds(), item.ctimeSeconds()),
                item.target(),
                letter == 'F' || letter == 'E' ? layout(item) : 0));
        refusal = taken ? Fate.SKIPPED : Fate.FAILED;
        refused = !taken || assembly.leavesKind();
    }

    /** Of a device the number stands in its place. */
    private static long layout(BatchItem item) {
        return item.kind() == 'P' ? 0 : item.rdev();
    }

    private void attached(byte[] bytes) {
        if (!refused) {
            assembly.attached(bytes);
        }
    }

    private void seek() throws IOException {
        if (!session.extensions().has(Cap.HOLES) || record.left() < Long.BYTES) {
            throw new ProtocolException("An offset in item " + number + ", which was not agreed on or is torn");
        }
        ByteBuffer offset = ByteBuffer.allocate(Long.BYTES);
        record.take(offset);
        if (!refused) {
            assembly.content().seek(offset.getLong(0));
        }
    }

    private void data() throws IOException, InterruptedException {
        if (refused) {
            record.take(waste.clear());
        } else {
            assembly.content().fill(record);
        }
    }

    private void end(byte[] body) throws IOException {
        if (body.length != 1 || body[0] != BatchRecord.GOOD) {
            throw new ProtocolException("A bad END of item " + number);
        }
        open = false;
        if (refused) {
            results.report(number, refusal);
            return;
        }
        assembly.endContent();
        if (assembly.end()) {
            results.sent(number);
        } else {
            results.report(number, Fate.FAILED);
        }
    }
}
