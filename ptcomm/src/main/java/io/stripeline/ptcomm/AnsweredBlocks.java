package io.stripeline.ptcomm;

import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Blocks as stock PTCOMM has them, each answered before the next one comes. A block that was read whole is answered when
 * there is demand for more: until then the plugin waits, and takes messages, however long whoever writes stands still.
 */
final class AnsweredBlocks implements RestoreBlocks {
    private static final byte[] NONE = new byte[0];

    private final BackendSession session;
    private final PacketReader in;
    private final RestoreAssembly assembly;
    private boolean inContent;
    /** Answers the last block; null where that was done. */
    private @Nullable String answer;

    AnsweredBlocks(BackendSession session, RestoreAssembly assembly) {
        this.session = session;
        this.in = session.reader();
        this.assembly = assembly;
    }

    @Override
    public boolean step() throws IOException, InterruptedException {
        if (answer != null) {
            session.answer(answer);
            answer = null;
        }
        if (inContent) {
            content();
            return true;
        }
        Packet packet = in.expect("a block of the restore");
        if (packet.startsWith("FNAME:")) {
            RestoreAssembly.Head head = head(packet.after("FNAME:"));
            session.pluginWaits();
            assembly.end();
            answer = assembly.begin(head) && !assembly.leaves() ? "OK" : "SKIP";
        } else if (packet.startsWith("RESTOREOBJ:")) {
            assembly.object(packet.after("RESTOREOBJ:"), in);
            good();
        } else if (packet.is("FINISH")) {
            session.pluginWaits();
            assembly.end();
            return false;
        } else if (packet.is("METADATA_STREAM") || packet.is("ACL") || packet.is("XATTR")) {
            assembly.attached(blob());
            good();
        } else if (packet.is("DATA")) {
            assembly.content();
            inContent = true;
        } else {
            throw new ProtocolException("Expected a block of the restore and got " + packet);
        }
        return true;
    }

    private void good() throws IOException {
        session.pluginWaits();
        answer = "OK";
    }

    private RestoreAssembly.Head head(byte[] wireName) throws IOException {
        StatLine stat = null;
        TimeLine times = new TimeLine(0, 0, 0);
        byte[] target = NONE;
        long layout = 0;
        for (Packet packet = attribute(); packet.status() != Status.EOD; packet = attribute()) {
            if (packet.startsWith(StatLine.KEYWORD)) {
                stat = StatLine.parse(packet.after(StatLine.KEYWORD));
            } else if (packet.startsWith(TimeLine.KEYWORD)) {
                times = TimeLine.parse(packet.after(TimeLine.KEYWORD));
            } else if (packet.startsWith("LSTAT:")) {
                target = packet.after("LSTAT:");
            } else if (packet.startsWith("X-LAYOUT:")) {
                layout = RestoredLayouts.id(packet.after("X-LAYOUT:"));
            } else {
                throw new ProtocolException("Expected attributes of a file and got " + packet);
            }
        }
        if (stat == null) {
            throw new ProtocolException("The attributes of '" + RawPath.printable(wireName) + "' have no STAT");
        }
        return new RestoreAssembly.Head(wireName, stat, times, target, layout);
    }

    private Packet attribute() throws IOException {
        return in.expect("the attributes of a file");
    }

    /** The bytes of a block; of one that has none, no bytes, which no backend of ours has saved. */
    private byte[] blob() throws IOException {
        byte[] bytes = null;
        for (Packet packet = in.expect("a blob"); packet.status() != Status.EOD; packet = in.expect("a blob")) {
            if (packet.status() != Status.DATA || bytes != null) {
                throw new ProtocolException("Expected one data packet of a blob and got " + packet);
            }
            bytes = packet.payload();
        }
        return bytes == null ? NONE : bytes;
    }

    private void content() throws IOException, InterruptedException {
        if (in.left() > 0) {
            assembly.content().fill(in);
            return;
        }
        Status status = in.next();
        if (status == Status.DATA && in.left() > 0) {
            assembly.content().fill(in);
        } else if (status == Status.EOD) {
            inContent = false;
            good();
            assembly.endContent();
        } else if (status == Status.COMMAND && session.extensions().has(Cap.HOLES)) {
            assembly.content().seek(offset(new Packet(status, in.rest())));
        } else {
            throw new ProtocolException("Expected data of a file and got "
                    + (status == null ? "the end of the stream" : new Packet(status, in.rest())));
        }
    }

    private static long offset(Packet packet) {
        try {
            return Long.parseLong(new String(packet.after("X-SEEK:"), StandardCharsets.US_ASCII));
        } catch (NumberFormatException wrong) {
            throw new ProtocolException("Bad offset in " + packet);
        }
    }
}
