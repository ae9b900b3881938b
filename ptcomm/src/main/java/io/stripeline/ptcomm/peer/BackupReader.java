package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.BackendSession.Start;
import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The body of a backup, an estimate or a listing: items, questions, requests, up to the EOD behind the last. */
final class BackupReader {
    private static final String GONE = "GONE:";
    private static final String KEEP = "KEEP:";
    private static final String TALLY = "TALLY:";

    private final Wire wire;
    private final Extensions agreed;
    private final Start start;
    private final boolean full;
    private final Receiver receiver;
    private final FileDaemon daemon;
    private final ItemCount count;
    private final HeadReader heads;
    private final ObjectReader objects;
    private final DataReader data;
    private final QuestionDesk desk;
    private final BatchReader batches;
    private boolean tallied;
    private boolean compared;

    BackupReader(
            Wire wire,
            Dialect dialect,
            Extensions agreed,
            Start start,
            JobSettings settings,
            Receiver receiver,
            FileDaemon daemon,
            ItemCount count) {
        this.wire = wire;
        this.agreed = agreed;
        this.start = start;
        this.full = settings.level() == io.stripeline.ptcomm.JobBlock.Level.FULL;
        this.receiver = receiver;
        this.daemon = daemon;
        this.count = count;
        this.heads = new HeadReader(wire, agreed, dialect.takesMetadata(agreed), count);
        this.objects = new ObjectReader(wire, count);
        this.data = new DataReader(wire, agreed.has(Cap.HOLES), count);
        this.desk = new QuestionDesk(wire, agreed, settings.isAccurate(start), daemon, count);
        this.batches = new BatchReader(wire, agreed, count, heads, receiver, daemon, this::gone);
        if (full && start == Start.BACKUP) {
            count.own(); // the plugin's options for restores
        }
    }

    /** True where the last question was the FileIndex. */
    boolean comparedCounts() {
        return compared;
    }

    void run() throws IOException {
        Packet packet = wire.read("an item or the end");
        while (packet.status() != Status.EOD) {
            packet = item(packet);
        }
        if (batches.isInside()) {
            throw wire.broken(18, "the list ends inside an item of a batch");
        }
        if (agreed.has(Cap.TALLY) && start == Start.BACKUP && !tallied) {
            throw wire.broken(18, "the list ends without TALLY");
        }
    }

    /** Handles what starts here; the packet behind it. */
    private Packet item(Packet first) throws IOException {
        if (first.status() == Status.BATCH && !tallied) {
            compared = false;
            batches.take(first);
            return wire.read("an item or the end");
        }
        if (batches.isInside()) {
            throw wire.broken(18, "inside an item of a batch only batches may come");
        }
        if (first.status() != Status.COMMAND) {
            throw wire.broken(18, "between items only commands and EOD may come");
        }
        boolean mayBeBare = first.is("FileIndex");
        if (tallied && !mayBeBare) {
            throw wire.broken(18, "TALLY is the last command of a backup");
        }
        if (mayBeBare || desk.isQuestion(first)) {
            compared = mayBeBare;
            desk.answer(first);
        } else if (first.startsWith("FNAME:")) {
            compared = false;
            return file(name(first, "FNAME:"));
        } else if (first.startsWith(ObjectReader.RESTORE)) {
            compared = false;
            RestoreObject object = objects.restoreObject(name(first, ObjectReader.RESTORE));
            receiver.object(object);
        } else if (first.startsWith(ObjectReader.PLUGIN)) {
            compared = false;
            PluginObject object = objects.pluginObject(name(first, ObjectReader.PLUGIN));
            receiver.pluginObject(object);
        } else if (!extension(first)) {
            throw wire.broken(18, "no such command between items");
        }
        return wire.read("an item or the end");
    }

    private byte[] name(Packet packet, String keyword) throws IOException {
        byte[] name = packet.after(keyword);
        if (name.length == 0) {
            throw wire.broken(18, "an item without a name");
        }
        return name;
    }

    private boolean extension(Packet packet) throws IOException {
        if (agreed.has(Cap.SEEN) && packet.startsWith(GONE)) {
            gone(name(packet, GONE));
        } else if (agreed.has(Cap.SEEN) && packet.startsWith(KEEP)) {
            byte[] prefix = name(packet, KEEP);
            daemon.keep(prefix);
            receiver.keep(prefix);
        } else if (agreed.has(Cap.TALLY) && packet.startsWith(TALLY)) {
            tally(new String(packet.after(TALLY), StandardCharsets.ISO_8859_1));
        } else {
            return false;
        }
        return true;
    }

    /** In a job that knows nothing of the names before it a deletion is an item of its own; a full one has none. */
    private void gone(byte[] name) throws IOException {
        if (start != Start.BACKUP || full) {
            return;
        }
        if (!desk.isAccurate() || !RawBytes.endsInSlash(name)) {
            count.deletion();
        }
        daemon.gone(name);
        receiver.gone(name);
    }

    private void tally(String text) throws IOException {
        if (!text.matches("[0-9]{1,18} [0-9]{1,18}")) {
            throw wire.broken(18, "TALLY has two numbers");
        }
        String ours = count.items() + " " + count.dataBytes();
        if (start == Start.BACKUP && !text.equals(ours)) {
            throw wire.broken(18, "the backend says " + text + " items and bytes; " + ours + " arrived");
        }
        tallied = true;
    }

    private Packet file(byte[] name) throws IOException {
        FileHead head = heads.read(name);
        receiver.begin(head);
        daemon.seen(name);
        if (start != Start.BACKUP) {
            return wire.read("an item or the end");
        }
        data.read(head, receiver);
        byte[] acl = null;
        byte[] xattr = null;
        while (true) {
            Packet packet = wire.read("ACL, XATTR, an item or the end");
            if (packet.is("ACL")) {
                acl = auxiliary("ACL", acl);
            } else if (packet.is("XATTR")) {
                xattr = auxiliary("XATTR", xattr);
            } else {
                receiver.end(acl, xattr);
                return packet;
            }
        }
    }

    private byte[] auxiliary(String what, byte @Nullable [] before) throws IOException {
        if (before != null) {
            throw wire.broken(24, "a second " + what + " of one file");
        }
        Packet blob = wire.read("the data of " + what);
        if (blob.status() != Status.DATA) {
            throw wire.broken(24, what + " has exactly one D packet");
        }
        if (wire.read("the end of " + what).status() != Status.EOD) {
            throw wire.broken(24, what + " has exactly one D packet and an EOD");
        }
        return Arrays.copyOf(blob.payload(), blob.payload().length);
    }
}
