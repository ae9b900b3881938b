package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a restore: objects, then files, each block answered before the next one, or as records that are not answered;
 * FINISH.
 */
final class RestoreWriter {
    private static final byte[] ZEROS = new byte[Spool.RECORD_BYTES];
    private static final byte[] NONE = new byte[0];

    private final Wire wire;
    private final Dialect dialect;
    private final Extensions agreed;
    private final JobSettings settings;
    private final Replay replay;
    private final ItemCount count;
    private final @Nullable RecordSender records;
    private long position;

    RestoreWriter(Wire wire, Dialect dialect, Extensions agreed, JobSettings settings, Replay replay, ItemCount count) {
        this.wire = wire;
        this.dialect = dialect;
        this.agreed = agreed;
        this.settings = settings;
        this.replay = replay;
        this.count = count;
        this.records = agreed.has(Cap.ASYNC) && agreed.has(Cap.BATCH) ? new RecordSender(wire, agreed) : null;
    }

    void run() throws IOException {
        for (RecordedJob job : replay.jobs()) {
            for (RestoreObject object : job.objects()) {
                object(object);
            }
        }
        if (records != null) {
            wire.pump();
        }
        List<Set<RecordedFile>> chosen = replay.chosen();
        for (int i = 0; i < chosen.size(); i++) {
            RecordedJob job = replay.jobs().get(i);
            for (RecordedFile file : job.files()) {
                if (chosen.get(i).contains(file)) {
                    file(job, file);
                }
            }
        }
        if (records != null) {
            records.finish();
            return;
        }
        wire.command("FINISH");
        if (wire.read("the acknowledgement of FINISH").status() != Status.EOD) {
            throw wire.broken(33, "FINISH is acknowledged by one EOD");
        }
    }

    private void object(RestoreObject object) throws IOException {
        wire.command(ObjectReader.RESTORE, object.name());
        wire.command(ObjectReader.LENGTH + object.data().length);
        wire.data(object.data());
        wire.eod();
        count.item();
        answer("a restore object", false);
    }

    private void file(RecordedJob job, RecordedFile file) throws IOException {
        count.item();
        if (records != null) {
            records(records, job, file);
            return;
        }
        announce(file.head());
        if (!answer("the attributes of " + file.head(), true)) {
            return;
        }
        boolean first = !dialect.ours() || job.isStock();
        if (first && !metadata(file)) {
            return;
        }
        data(file);
        blob("ACL", file.acl());
        if (!first) {
            metadata(file);
        }
        blob("XATTR", file.xattr());
    }

    private void records(RecordSender to, RecordedJob job, RecordedFile file) throws IOException {
        to.item(file.head(), placed(file.head().name()), link(file.head()));
        if (job.isStock()) {
            metadata(to, file);
        }
        position = 0;
        file.replay((offset, record) -> {
            boolean jump = position < offset && agreed.has(Cap.HOLES);
            while (!jump && position < offset) {
                int n = (int) Math.min(ZEROS.length, offset - position);
                to.data(position, false, ByteBuffer.wrap(ZEROS, 0, n));
                position += n;
            }
            position = offset + record.remaining();
            count.data(record.remaining());
            to.data(offset, jump, record);
        });
        to.record(RecordType.ACL, file.acl() == null ? NONE : file.acl());
        if (!job.isStock()) {
            metadata(to, file);
        }
        to.record(RecordType.XATTR, file.xattr() == null ? NONE : file.xattr());
        to.end();
    }

    private void metadata(RecordSender to, RecordedFile file) throws IOException {
        if (agreed.has(Cap.META)) {
            for (byte[] block : file.head().metadata()) {
                to.record(RecordType.META, block);
            }
        }
    }

    /** OK or not; SKIP where it may be said. */
    private boolean answer(String to, boolean maySkip) throws IOException {
        Packet packet = wire.read("the answer to " + to);
        if (packet.is("CORE")) {
            throw wire.broken(40, "CORE leaves files without their attributes");
        }
        if (!packet.is("OK") && !(maySkip && packet.is("SKIP"))) {
            throw wire.broken(33, "the answer to " + to + " is OK" + (maySkip ? " or SKIP" : ""));
        }
        return packet.is("OK");
    }

    private void announce(FileHead head) throws IOException {
        StatLine stat = head.stat();
        wire.command("FNAME:", placed(head.name()));
        wire.command(StatLine.KEYWORD + stat.type() + " " + stat.sizeBytes() + " " + id(stat.uid()) + " "
                + id(stat.gid()) + " " + String.format("%06o", stat.mode()) + " " + stat.nlink() + " "
                + stat.linkIndex());
        if (head.layoutId() != 0 && agreed.has(Cap.META)) {
            wire.command(HeadReader.LAYOUT + String.format("%016x", head.layoutId()));
        }
        wire.command(TimeLine.KEYWORD + head.times());
        byte[] link = link(head);
        if (link != null) {
            wire.command(HeadReader.LINK, link);
        }
        wire.eod();
    }

    private byte @Nullable [] link(FileHead head) {
        if (head.stat().type() == 'L') {
            return dialect.ours() && head.link() != null ? placed(head.link()) : null;
        }
        return head.link();
    }

    private String id(int id) {
        return dialect.ours() ? Integer.toUnsignedString(id) : Integer.toString(id);
    }

    /** The name as the daemon changes it. */
    private byte[] placed(byte[] name) {
        byte[] renamed = replay.rename() == null ? name : replay.rename().apply(name);
        byte[] where = settings.where();
        if (where == null) {
            return renamed;
        }
        byte[] prefix = RawBytes.withoutSlashes(where);
        boolean slash = renamed.length == 0 || renamed[0] != '/';
        return RawBytes.join(slash ? RawBytes.join(prefix, new byte[] {'/'}) : prefix, renamed);
    }

    /** False where the backend does not want what follows. */
    private boolean metadata(RecordedFile file) throws IOException {
        if (!dialect.takesMetadata(agreed)) {
            return true;
        }
        for (byte[] block : file.head().metadata()) {
            if (dialect.ours()) {
                wire.command(HeadReader.METADATA);
            } else {
                wire.bareCommand(HeadReader.METADATA);
            }
            wire.data(block);
            wire.eod();
            if (!answer("metadata of " + file.head(), true)) {
                return false;
            }
        }
        return true;
    }

    private void data(RecordedFile file) throws IOException {
        if (file.records() == 0) {
            return;
        }
        wire.command("DATA");
        position = 0;
        file.replay((offset, record) -> {
            catchUp(offset);
            position += record.remaining();
            count.data(record.remaining());
            wire.data(record);
        });
        wire.eod();
        answer("data of " + file.head(), false);
    }

    /** A backend that knows no holes gets the zeros. */
    private void catchUp(long offset) throws IOException {
        if (position < offset && agreed.has(Cap.HOLES)) {
            wire.command(DataReader.SEEK + offset);
            position = offset;
        }
        while (position < offset) {
            int n = (int) Math.min(ZEROS.length, offset - position);
            wire.data(ByteBuffer.wrap(ZEROS, 0, n));
            position += n;
        }
    }

    private void blob(String what, byte @Nullable [] bytes) throws IOException {
        if (bytes != null) {
            wire.command(what);
            wire.data(bytes);
            wire.eod();
            answer(what, false);
        }
    }
}
