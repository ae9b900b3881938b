package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records of batches: items, which may go on in the next packet, and what comes between them. */
final class BatchReader {
    /** What one record of a volume takes, with room for what the daemon adds. */
    private static final int BLOB_BYTES = 999_000;

    private static final int MOST_METADATA = 64;

    private static final int LEAST_OBJECT_BYTES = 2;
    private static final int MOST_OBJECT_BYTES = 900_000;

    /** Takes names that are no more. */
    @FunctionalInterface
    interface Gone {
        void name(byte[] name) throws IOException;
    }

    private final Wire wire;
    private final Extensions agreed;
    private final ItemCount count;
    private final HeadReader heads;
    private final Receiver receiver;
    private final FileDaemon daemon;
    private final Gone gone;
    private final List<byte[]> metadata = new ArrayList<>();

    /** The item that has come, and has not ended; its head is passed on when its metadata are complete. */
    private @Nullable BatchItem item;

    private @Nullable FileHead head;
    private @Nullable DataPlace place;
    private byte @Nullable [] acl;
    private byte @Nullable [] xattr;

    BatchReader(
            Wire wire,
            Extensions agreed,
            ItemCount count,
            HeadReader heads,
            Receiver receiver,
            FileDaemon daemon,
            Gone gone) {
        this.wire = wire;
        this.agreed = agreed;
        this.count = count;
        this.heads = heads;
        this.receiver = receiver;
        this.daemon = daemon;
        this.gone = gone;
    }

    /** Takes one packet. */
    void take(Packet packet) throws IOException {
        ByteBuffer payload = ByteBuffer.wrap(packet.payload());
        try {
            while (payload.hasRemaining()) {
                record(BatchRecord.next(payload), payload);
            }
        } catch (ProtocolException bad) {
            throw wire.broken(2, String.valueOf(bad.getMessage()));
        }
    }

    /** True inside an item, where only batches and messages may come. */
    boolean isInside() {
        return item != null;
    }

    private void record(BatchRecord record, ByteBuffer behind) throws IOException {
        BatchItem current = item;
        if (record.type() == RecordType.MESSAGE) {
            message(record.body());
        } else if (current != null) {
            inside(current, record);
        } else if (record.type() == RecordType.ITEM) {
            if (!skipDropped(behind)) {
                item = begin(record.body());
            }
        } else if (record.type() == RecordType.OBJECT) {
            receiver.object(object(record.body()));
        } else if (record.type() == RecordType.GONE && agreed.has(Cap.SEEN)) {
            gone.name(some(record));
        } else {
            throw wire.broken(18, "a record " + record.type() + " between items");
        }
    }

    /** Where the item that has just come is dropped within the window: moves behind its END. */
    private boolean skipDropped(ByteBuffer payload) {
        ByteBuffer ahead = payload.duplicate();
        while (ahead.hasRemaining() && ahead.position() - payload.position() < BatchRecord.DROP_WINDOW_BYTES) {
            BatchRecord record = BatchRecord.next(ahead);
            if (record.type() == RecordType.ITEM) {
                return false;
            }
            if (record.type() == RecordType.END) {
                boolean dropped = record.body().hasRemaining() && record.body().get(0) == BatchRecord.DROPPED;
                if (dropped) {
                    payload.position(ahead.position());
                }
                return dropped;
            }
        }
        return false;
    }

    private BatchItem begin(ByteBuffer body) throws IOException {
        BatchItem one = BatchItem.parse(body);
        if (one.number() != count.number() + 1) {
            throw wire.broken(18, "item " + one.number() + " where " + (count.number() + 1) + " is the next");
        }
        return one;
    }

    private void inside(BatchItem current, BatchRecord record) throws IOException {
        if (record.type() == RecordType.META) {
            if (!agreed.has(Cap.META) || head != null || metadata.size() == MOST_METADATA) {
                throw wire.broken(21, "metadata that was not agreed on, behind data, or of too many blocks");
            }
            metadata.add(blob(record, null));
            return;
        }
        DataPlace open = opened(current);
        switch (record.type()) {
            case DATA -> open.data(record);
            case ACL -> acl = blob(record, acl);
            case XATTR -> xattr = blob(record, xattr);
            case END -> end(record.body());
            default -> throw wire.broken(18, "a record " + record.type() + " inside an item");
        }
    }

    private DataPlace opened(BatchItem current) throws IOException {
        DataPlace open = place;
        if (open == null) {
            FileHead complete = heads.of(current, metadata);
            head = complete;
            open = new DataPlace(wire, agreed.has(Cap.HOLES), count, complete, receiver);
            place = open;
            receiver.begin(complete);
            daemon.seen(complete.name());
        }
        return open;
    }

    private void end(ByteBuffer body) throws IOException {
        int status = body.hasRemaining() ? body.get() : BatchRecord.DROPPED;
        if (status != BatchRecord.GOOD && status != BatchRecord.INCOMPLETE) {
            throw wire.broken(18, "an END of status " + status);
        }
        if (body.hasRemaining()) {
            said(status == BatchRecord.GOOD ? Status.INFO : Status.FILE_ERROR, body);
        }
        receiver.end(acl, xattr);
        item = null;
        head = null;
        place = null;
        acl = null;
        xattr = null;
        metadata.clear();
    }

    private void message(ByteBuffer body) throws IOException {
        byte letter = body.hasRemaining() ? body.get() : 0;
        for (Status status : List.of(Status.INFO, Status.WARNING, Status.FILE_ERROR, Status.NOT_SAVED)) {
            if (status.letter() == letter) {
                said(status, body);
                return;
            }
        }
        throw wire.broken(18, "a message of letter " + letter);
    }

    private void said(Status status, ByteBuffer body) {
        byte[] text = new byte[body.remaining()];
        body.get(text);
        wire.said(new Packet(status, text));
    }

    private RestoreObject object(ByteBuffer body) throws IOException {
        int length = body.remaining() < Short.BYTES ? 0 : Short.toUnsignedInt(body.getShort());
        int left = body.remaining() - length;
        if (length == 0 || left < LEAST_OBJECT_BYTES || left > MOST_OBJECT_BYTES) {
            throw wire.broken(
                    25,
                    "a restore object has a name and " + LEAST_OBJECT_BYTES + " to " + MOST_OBJECT_BYTES + " bytes");
        }
        byte[] name = new byte[length];
        byte[] data = new byte[left];
        body.get(name).get(data);
        return new RestoreObject(count.item(), name, data);
    }

    private byte[] blob(BatchRecord record, byte @Nullable [] before) throws IOException {
        if (before != null || record.body().remaining() > BLOB_BYTES) {
            throw wire.broken(24, "a second " + record.type() + " of one item, or one of more than " + BLOB_BYTES);
        }
        return some(record);
    }

    private byte[] some(BatchRecord record) throws IOException {
        byte[] bytes = new byte[record.body().remaining()];
        record.body().get(bytes);
        if (bytes.length == 0) {
            throw wire.broken(3, "an empty record " + record.type());
        }
        return bytes;
    }
}
