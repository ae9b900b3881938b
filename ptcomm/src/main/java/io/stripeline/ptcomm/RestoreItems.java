package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.layout.Layout;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.blob.LayoutTable;
import io.stripeline.ptcomm.blob.RestoreObject;
import io.stripeline.ptcomm.wire.NameEscape;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a restore, answers each, and gives the items that they mean. Reads no further than it is asked
 * for items: a writer that stands still stops the plugin.
 *
 * <p>One thread at a time; blocks while the plugin says nothing.
 */
final class RestoreItems implements AutoCloseable {
    /** A restore object has at most 900,000 bytes. */
    private static final int OBJECT_BYTES = 1_000_000;

    /** Distinct names that a file's block may have; a few are ours, the rest is garbage without end. */
    private static final int MOST_PARTS = 70_000;

    private final BackendSession session;
    private final PacketReader in;
    private final SlabPool slabs;
    private final Job job;
    private final TargetNames names;
    private final LayoutTable layouts = new LayoutTable();
    private final StatxBuffer there = new StatxBuffer();
    private final ArrayDeque<Item> out = new ArrayDeque<>();
    private final boolean holes;
    /** A stock plugin gives the blob of a long file after its content, so its name has to be guessed by its look. */
    private final boolean guesses;

    private @Nullable Restored current;
    private @Nullable RestoredContent content;
    private boolean finished;
    private boolean foreign;

    RestoreItems(BackendSession session, SlabPool slabs, Job job) {
        this.session = session;
        this.in = session.reader();
        this.slabs = slabs;
        this.job = job;
        this.guesses = session.extensions().caps().isEmpty();
        this.holes = session.extensions().has(Cap.HOLES);
        this.names = new TargetNames(session.job().where(), session.parameters().each("path"));
    }

    /** The next item; null after FINISH, which is not acknowledged here. */
    @Nullable
    Item next() {
        try {
            while (out.isEmpty() && !finished) {
                if (content == null) {
                    block();
                } else if (!content.step(current())) {
                    content.close();
                    content = null;
                    session.answer("OK");
                }
            }
            return out.poll();
        } catch (IOException failed) {
            throw new UncheckedIOException("The plugin ended the restore: " + failed.getMessage(), failed);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for memory", cancelled);
        }
    }

    private void block() throws IOException, InterruptedException {
        Packet packet = in.expect("a block of the restore");
        if (packet.startsWith("FNAME:")) {
            endCurrent();
            file(packet.after("FNAME:"));
        } else if (packet.startsWith("RESTOREOBJ:")) {
            object(new String(packet.after("RESTOREOBJ:"), StandardCharsets.UTF_8));
        } else if (packet.is("FINISH")) {
            endCurrent();
            finished = true;
        } else if (packet.is("METADATA_STREAM") || packet.is("ACL") || packet.is("XATTR")) {
            attached();
        } else if (packet.is("DATA")) {
            current();
            content = new RestoredContent(in, slabs.ticket(), holes, out::add);
        } else {
            throw new ProtocolException("Expected a block of the restore and got " + packet);
        }
    }

    private Restored current() {
        if (current == null) {
            throw new ProtocolException("A block of a file came before its name");
        }
        return current;
    }

    // ---- names and attributes

    private void file(byte[] wireName) throws IOException {
        StatLine stat = null;
        TimeLine times = new TimeLine(0, 0, 0);
        byte[] target = new byte[0];
        Layout layout = null;
        for (Packet packet = attribute(); packet.status() != Status.EOD; packet = attribute()) {
            if (packet.startsWith(StatLine.KEYWORD)) {
                stat = StatLine.parse(packet.after(StatLine.KEYWORD));
            } else if (packet.startsWith(TimeLine.KEYWORD)) {
                times = TimeLine.parse(packet.after(TimeLine.KEYWORD));
            } else if (packet.startsWith("LSTAT:")) {
                target = packet.after("LSTAT:");
            } else if (packet.startsWith("X-LAYOUT:")) {
                layout = layout(packet.after("X-LAYOUT:"));
            } else {
                throw new ProtocolException("Expected attributes of a file and got " + packet);
            }
        }
        if (stat == null) {
            throw new ProtocolException("The attributes of '" + RawPath.printable(wireName) + "' have no STAT");
        }
        Restored file = accepted(wireName, stat, times, target, layout);
        current = file;
        session.answer(file == null ? "SKIP" : "OK");
    }

    private Packet attribute() throws IOException {
        return in.expect("the attributes of a file");
    }

    private @Nullable Layout layout(byte[] hex) {
        try {
            long id = Long.parseUnsignedLong(new String(hex, StandardCharsets.US_ASCII), 16);
            return layouts.layout(id);
        } catch (NumberFormatException wrong) {
            throw new ProtocolException("Bad X-LAYOUT '" + RawPath.printable(hex) + "'; expected hexadecimal digits");
        }
    }

    private @Nullable Restored accepted(
            byte[] wireName, StatLine stat, TimeLine times, byte[] target, @Nullable Layout layout) {
        TargetNames.Place place;
        TargetNames.Place early;
        try {
            place = names.place(wireName);
            early = guesses && NameEscape.looksEscaped(wireName) ? names.place(NameEscape.unescape(wireName)) : place;
        } catch (IllegalArgumentException refused) {
            job.progress().add(Counter.FAILED, 1);
            problem(
                    RawPath.of(wireName),
                    Problem.Severity.ERROR,
                    "refused: name",
                    "'" + RawPath.printable(wireName) + "' is not restored: " + refused.getMessage());
            return null;
        }
        Restored file = new Restored(wireName, place, early, stat, times, target, layout);
        if (!file.inode().isDirectory() && staysAsItIs(place, times.mtime())) {
            job.progress().add(Counter.SKIPPED, 1);
            return null;
        }
        return file;
    }

    /** What the writer will decide as well; asked here so that no content is sent for nothing. */
    private boolean staysAsItIs(TargetNames.Place place, long mtimeSeconds) {
        JobBlock.Replace rule = session.job().replace();
        if (rule == JobBlock.Replace.ALWAYS) {
            return false;
        }
        try {
            Posix.statx(Fcntl.AT_FDCWD, place.path().toBytes(), StatxBuffer.BASIC_STATS, there);
        } catch (PosixException notThere) {
            return false; // or the writer says why it cannot be looked at
        }
        return switch (rule) {
            case ALWAYS -> false;
            case NEVER -> true;
            case IF_NEWER -> there.mtimeSeconds() > mtimeSeconds;
            case IF_OLDER -> there.mtimeSeconds() < mtimeSeconds;
        };
    }

    private void attached() throws IOException {
        Restored file = current();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Packet packet = in.expect("a blob"); packet.status() != Status.EOD; packet = in.expect("a blob")) {
            if (packet.status() != Status.DATA || all.size() > 0) {
                throw new ProtocolException("Expected one data packet of a blob and got " + packet);
            }
            all.writeBytes(packet.payload());
        }
        byte[] bytes = all.toByteArray();
        if (EntryBlob.isBlob(bytes) && file.parts.size() < MOST_PARTS) {
            file.parts.add(bytes);
        } else if (!foreign) {
            foreign = true;
            problem(
                    file.place().path(),
                    Problem.Severity.WARNING,
                    "foreign attributes",
                    "'" + RawPath.printable(file.wireName) + "' and maybe others have attributes that another backend"
                            + " saved: they are not restored");
        }
        session.answer("OK");
    }

    private void object(String name) throws IOException {
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
        try {
            layouts.merge(new RestoreObject(name, bytes.toByteArray()));
        } catch (FormatException damaged) {
            problem(
                    RawPath.ROOT,
                    Problem.Severity.ERROR,
                    "damaged layouts",
                    damaged.getMessage() + "; files that refer to it get the layout of their directory");
        }
        session.answer("OK");
    }

    // ---- the end of an entry

    private void endCurrent() {
        Restored file = current;
        current = null;
        if (file == null) {
            return;
        }
        EntryBlob blob = blob(file);
        TargetNames.Place place = place(file, blob);
        if (file.stat.type() == 'L') {
            link(file, blob, place);
            return;
        }
        long bytes = file.otherLength(blob);
        if (bytes >= 0) {
            problem(
                    place.path(),
                    Problem.Severity.WARNING,
                    "other length",
                    place.path() + ": " + bytes + " bytes were saved of a file of "
                            + (blob == null
                                    ? file.stat.sizeBytes()
                                    : blob.inode().sizeBytes())
                            + "; it changed, or could not be read whole, at the backup");
        }
        out.addAll(file.end(blob, place));
    }

    private @Nullable EntryBlob blob(Restored file) {
        if (file.parts.isEmpty()) {
            return null;
        }
        try {
            return EntryBlob.decode(file.parts);
        } catch (FormatException damaged) {
            problem(
                    file.place().path(),
                    Problem.Severity.ERROR,
                    "damaged attributes",
                    "'" + RawPath.printable(file.wireName) + "' is restored without its extended attributes, flags and"
                            + " nanoseconds: " + damaged.getMessage());
            return null;
        }
    }

    /** Where it goes, once it is known whether the name was escaped. */
    private TargetNames.Place place(Restored file, @Nullable EntryBlob blob) {
        TargetNames.Place place = file.place();
        byte[] name = file.wireName;
        if (blob != null && blob.escaped()) {
            name = unescaped(file, blob);
            place = names.place(name);
        }
        TargetNames.Place announced = file.announcedAt();
        if (announced != null && !announced.path().equals(place.path())) {
            problem(
                    announced.path(),
                    Problem.Severity.ERROR,
                    "escaped name",
                    announced.path() + ": its true name is '" + RawPath.printable(name)
                            + "', which was told too late for a long file; rename it");
        }
        return place;
    }

    private static byte[] unescaped(Restored file, EntryBlob blob) {
        byte[] saved = blob.path().toBytes();
        return TargetNames.alike(NameEscape.escape(saved), file.wireName, saved);
    }

    private void link(Restored file, @Nullable EntryBlob blob, TargetNames.Place place) {
        file.drop();
        if (blob == null || blob.first() == null) {
            job.progress().add(Counter.FAILED, 1);
            problem(
                    place.path(),
                    Problem.Severity.ERROR,
                    "lost link",
                    place.path() + ": is one more name of a file, and which one is not known: not restored");
            return;
        }
        byte[] saved = blob.path().toBytes();
        byte[] restored =
                blob.escaped() ? TargetNames.alike(NameEscape.escape(saved), file.wireName, saved) : file.wireName;
        byte[] first = TargetNames.alike(saved, restored, blob.first().toBytes());
        byte[] relative = names.place(first).path().toBytes();
        Entry entry = file.entry(blob, place);
        out.add(new Item.Link(entry, RawPath.of(Arrays.copyOfRange(relative, 1, relative.length))));
    }

    private void problem(RawPath path, Problem.Severity severity, String cause, String message) {
        job.problems().add(new Problem(path, severity, cause, message));
    }

    /** Releases what is held. */
    @Override
    public void close() {
        if (content != null) {
            content.close();
            content = null;
        }
        for (Item item : out) {
            if (item instanceof Item.Data data) {
                data.slab().discard();
            }
        }
        out.clear();
        if (current != null) {
            current.drop();
            current = null;
        }
    }
}
