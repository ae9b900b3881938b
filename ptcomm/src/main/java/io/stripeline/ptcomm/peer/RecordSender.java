package io.stripeline.ptcomm.peer;

import io.stripeline.inode.FileType;
import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.BatchItem;
import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Items of a restore as records of batches, unanswered, and the results that come of them. */
final class RecordSender {
    private static final byte[] NONE = new byte[0];
    private static final long NO_OFFSET = -1;

    /** Most items, and bytes of records, that are not reported, counted from the oldest one. */
    private static final int MOST_ITEMS = 4096;

    private static final long MOST_BYTES = 64 << 20;

    /** An item that was sent, and is not reported, or one before it is not. */
    private static final class Sent {
        private long bytes;
        private boolean ended;
        private boolean reported;
    }

    private final Wire wire;
    private final Extensions agreed;
    private final Deque<Sent> under = new ArrayDeque<>();
    private final @Nullable Sent[] byNumber = new Sent[MOST_ITEMS];
    private long number;
    private long bytes;
    private Sent last = new Sent();

    RecordSender(Wire wire, Extensions agreed) {
        this.wire = wire;
        this.agreed = agreed;
    }

    /** Begins an item. */
    void item(FileHead head, byte[] name, byte @Nullable [] link) throws IOException {
        while (under.size() >= MOST_ITEMS || bytes >= MOST_BYTES) {
            results(wire.read("the results of a restore"));
        }
        number++;
        last = new Sent();
        under.add(last);
        byNumber[(int) (number % MOST_ITEMS)] = last;
        StatLine stat = head.stat();
        boolean special = stat.type() == 'F' && (stat.mode() & FileType.MASK) != FileType.REGULAR.bits();
        BatchItem item = new BatchItem(
                number,
                special ? 'P' : stat.type(),
                stat.mode(),
                stat.uid(),
                stat.gid(),
                (int) stat.nlink(),
                stat.sizeBytes(),
                agreed.has(Cap.META) ? head.layoutId() : 0,
                head.times().mtime(),
                head.times().atime(),
                head.times().ctime(),
                stat.linkIndex(),
                name,
                link == null ? NONE : link);
        record(RecordType.ITEM, item.encode());
    }

    void record(RecordType type, byte[] body) throws IOException {
        if (body.length > 0) {
            count(body.length);
            wire.record(type, NO_OFFSET, ByteBuffer.wrap(body));
        }
    }

    /**
     * Content of the item.
     *
     * @param jump whether a hole is in front of it
     */
    void data(long offset, boolean jump, ByteBuffer data) throws IOException {
        count(data.remaining());
        wire.record(RecordType.DATA, jump ? offset : NO_OFFSET, data);
    }

    private void count(int body) {
        last.bytes += BatchRecord.HEADER_BYTES + body;
        bytes += BatchRecord.HEADER_BYTES + body;
    }

    /** Ends the item. */
    void end() throws IOException {
        record(RecordType.END, new byte[] {BatchRecord.GOOD});
        last.ended = true;
        for (Packet packet = wire.poll(); packet != null; packet = wire.poll()) {
            results(packet);
        }
    }

    /** Everything was sent: FINISH, which is acknowledged behind the last result. */
    void finish() throws IOException {
        wire.command("FINISH");
        Packet packet = wire.read("the results of a restore and the acknowledgement of FINISH");
        while (packet.status() != Status.EOD) {
            results(packet);
            packet = wire.read("the results of a restore and the acknowledgement of FINISH");
        }
        if (!under.isEmpty()) {
            throw wire.broken(33, under.size() + " items were not reported before FINISH was acknowledged");
        }
    }

    private void results(Packet packet) throws IOException {
        if (packet.status() != Status.BATCH) {
            throw wire.broken(33, "a packet that is no batch of results, in a restore without answers");
        }
        ByteBuffer payload = ByteBuffer.wrap(packet.payload());
        while (payload.hasRemaining()) {
            BatchRecord record = BatchRecord.next(payload);
            if (record.type() != RecordType.RESULT || record.body().remaining() <= Long.BYTES) {
                throw wire.broken(33, "a record " + record.type() + " that is no result");
            }
            result(record.body());
        }
    }

    private void result(ByteBuffer body) throws IOException {
        long item = body.getLong();
        byte code = body.get();
        Sent sent = item > number - under.size() && item <= number ? byNumber[(int) (item % MOST_ITEMS)] : null;
        if (sent == null || !sent.ended || sent.reported || code < BatchRecord.DONE || code > BatchRecord.FAILED) {
            throw wire.broken(33, "result " + code + " of item " + item + ", of which none is due");
        }
        sent.reported = true;
        bytes -= sent.bytes;
        while (!under.isEmpty() && under.peek().reported) {
            under.poll();
        }
        if (code == BatchRecord.FAILED && body.hasRemaining()) {
            byte[] text = new byte[body.remaining()];
            body.get(text);
            wire.said(new Packet(Status.FILE_ERROR, text));
        }
    }
}
