package io.stripeline.ptcomm;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.inode.RawPath;
import io.stripeline.layout.Layout;
import io.stripeline.ptcomm.blob.LayoutTable;
import io.stripeline.ptcomm.blob.RestoreObject;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.snapshot.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The restore objects of a job, which come before its files, and the layouts that they hold. Of one thread. */
final class RestoredLayouts {
    /** A restore object has at most 900,000 bytes. */
    private static final int OBJECT_BYTES = 1_000_000;

    private final LayoutTable layouts = new LayoutTable();
    private final Job job;

    RestoredLayouts(Job job) {
        this.job = job;
    }

    /** Reads one object, and takes in the layouts that it holds; the answer is the caller's. */
    RestoreObject object(String name, PacketReader in) throws IOException {
        Packet length = in.expect("RESTOREOBJ_LEN");
        length.after("RESTOREOBJ_LEN:");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Packet packet = in.expect("an object"); packet.status() != Status.EOD; packet = in.expect("an object")) {
            if (packet.status() != Status.DATA || bytes.size() + packet.payload().length > OBJECT_BYTES) {
                throw new ProtocolException(
                        "Expected at most " + OBJECT_BYTES + " bytes of object " + name + " and got " + packet);
            }
            bytes.writeBytes(packet.payload());
        }
        RestoreObject object = new RestoreObject(name, bytes.toByteArray());
        try {
            layouts.merge(object);
        } catch (FormatException damaged) {
            problem(
                    RawPath.ROOT,
                    Problem.Severity.ERROR,
                    "damaged layouts",
                    damaged.getMessage() + "; files that refer to it get the layout of their directory");
        }
        return object;
    }

    /** Reads the id of a layout. */
    static long id(byte[] hex) {
        try {
            return Long.parseUnsignedLong(new String(hex, StandardCharsets.US_ASCII), 16);
        } catch (NumberFormatException wrong) {
            throw new ProtocolException("Bad X-LAYOUT '" + RawPath.printable(hex) + "'; expected hexadecimal digits");
        }
    }

    /** The layout that a file refers to; null, and reported, where no object had it. */
    @Nullable
    Layout of(RawPath file, long id) {
        Layout layout = layouts.layout(id);
        if (layout == null && id != LayoutTable.NONE) {
            problem(
                    file,
                    Problem.Severity.WARNING,
                    "lost layout",
                    file + ": gets the layout of its directory, since no restore object of these jobs holds its own");
        }
        return layout;
    }

    private void problem(RawPath path, Problem.Severity severity, String cause, String message) {
        job.problems().add(new Problem(path, severity, cause, message));
    }
}
