package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.wire.NameEscape;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a restore, answers each, and gives the items that they mean. Reads no further than it is asked
 * for items: a writer that stands still stops the plugin.
 *
 * <p>One thread at a time; blocks while the plugin says nothing.
 */
final class RestoreItems implements AutoCloseable {
    private final BackendSession session;
    private final PacketReader in;
    private final SlabPool slabs;
    private final Job job;
    private final RestoredNames names;
    private final RestoredLayouts layouts;
    private final StatxBuffer there = new StatxBuffer();
    private final ArrayDeque<Item> out = new ArrayDeque<>();
    private final boolean holes;

    private @Nullable Restored current;
    private @Nullable RestoredContent content;
    private boolean finished;
    /** Said once: all files of a volume have attributes of ours, or none has. */
    private boolean saidForeign;

    RestoreItems(BackendSession session, SlabPool slabs, Job job) {
        this.session = session;
        this.in = session.reader();
        this.slabs = slabs;
        this.job = job;
        this.layouts = new RestoredLayouts(job);
        this.holes = session.extensions().has(Cap.HOLES);
        this.names = new RestoredNames(
                new TargetNames(session.job().where(), session.parameters().each("path")),
                session.extensions().caps().isEmpty());
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

    private void block() throws IOException {
        Packet packet = in.expect("a block of the restore");
        if (packet.startsWith("FNAME:")) {
            endCurrent();
            file(packet.after("FNAME:"));
        } else if (packet.startsWith("RESTOREOBJ:")) {
            layouts.object(new String(packet.after("RESTOREOBJ:"), StandardCharsets.UTF_8), in);
            session.answer("OK");
        } else if (packet.is("FINISH")) {
            session.finishing();
            endCurrent();
            finished = true;
        } else if (packet.is("METADATA_STREAM") || packet.is("ACL") || packet.is("XATTR")) {
            attached();
        } else if (packet.is("DATA")) {
            current();
            content = new RestoredContent(in, slabs, holes, out::add);
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
        byte[] layout = null;
        for (Packet packet = attribute(); packet.status() != Status.EOD; packet = attribute()) {
            if (packet.startsWith(StatLine.KEYWORD)) {
                stat = StatLine.parse(packet.after(StatLine.KEYWORD));
            } else if (packet.startsWith(TimeLine.KEYWORD)) {
                times = TimeLine.parse(packet.after(TimeLine.KEYWORD));
            } else if (packet.startsWith("LSTAT:")) {
                target = packet.after("LSTAT:");
            } else if (packet.startsWith("X-LAYOUT:")) {
                layout = packet.after("X-LAYOUT:");
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

    private @Nullable Restored accepted(
            byte[] wireName, StatLine stat, TimeLine times, byte[] target, byte @Nullable [] layout) {
        TargetNames.Place place;
        try {
            place = names.place(wireName);
        } catch (IllegalArgumentException refused) {
            job.progress().add(Counter.FAILED, 1);
            error(
                    RawPath.of(RawPath.printable(wireName)), // it may hold anything
                    "refused: name",
                    "'" + RawPath.printable(wireName) + "' is not restored: " + refused.getMessage());
            return null;
        }
        Restored file = new Restored(
                wireName,
                place,
                known -> names.place(wireName, known),
                stat,
                times,
                target,
                layout == null ? null : layouts.of(place.path(), layout));
        if (!file.inode().isDirectory()
                && !NameEscape.looksEscaped(wireName) // what stands there may be another file
                && staysAsItIs(place, times.mtime())) {
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
        byte[] bytes = null;
        for (Packet packet = in.expect("a blob"); packet.status() != Status.EOD; packet = in.expect("a blob")) {
            if (packet.status() != Status.DATA || bytes != null) {
                throw new ProtocolException("Expected one data packet of a blob and got " + packet);
            }
            bytes = packet.payload();
        }
        if (bytes != null && EntryBlob.isBlob(bytes)) {
            file.part(bytes);
        } else {
            sayForeign(file, "have attributes that another backend saved: they are not restored");
        }
        session.answer("OK");
    }

    private void sayForeign(Restored file, String what) {
        if (!saidForeign) {
            saidForeign = true;
            warning(
                    file.place().path(),
                    "foreign attributes",
                    "'" + RawPath.printable(file.wireName) + "' and maybe others " + what);
        }
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
        if (file.hasUnexpectedContent()) {
            warning(
                    place.path(),
                    "unexpected content",
                    place.path() + ": content came with it, which no "
                            + file.inode().type() + (file.isLink() ? " that is one more name of a file" : "")
                            + " has; it is left out");
        }
        if (file.isLink()) {
            link(file, blob, place);
            return;
        }
        long bytes = file.otherLength(blob);
        if (bytes >= 0) {
            warning(
                    place.path(),
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
        if (!file.hasBlob()) {
            sayForeign(
                    file,
                    "have no attributes of this backend's on the volume: they get owner, mode and times to the second");
            return null;
        }
        try {
            return file.blob();
        } catch (FormatException damaged) {
            error(
                    file.place().path(),
                    "damaged attributes",
                    "'" + RawPath.printable(file.wireName) + "' is restored without its extended attributes, flags and"
                            + " nanoseconds: " + damaged.getMessage());
            return null;
        }
    }

    /** Where it goes, once it is known whether the name was escaped. */
    private TargetNames.Place place(Restored file, @Nullable EntryBlob blob) {
        TargetNames.Place announced = file.announcedAt();
        TargetNames.Place place = names.place(file.wireName, blob);
        if (announced != null && blob != null && !announced.path().equals(place.path())) {
            error(
                    announced.path(),
                    "escaped name",
                    announced.path() + ": its true name is '"
                            + RawPath.printable(RestoredNames.exact(file.wireName, blob))
                            + "', which was told too late for a long file; rename it");
        }
        return place;
    }

    private void link(Restored file, @Nullable EntryBlob blob, TargetNames.Place place) {
        if (blob == null || blob.first() == null) {
            job.progress().add(Counter.FAILED, 1);
            error(
                    place.path(),
                    "lost link",
                    place.path() + ": is one more name of a file, and which one is not known: not restored");
            return;
        }
        try {
            RawPath first = names.first(file.wireName, blob, blob.first());
            out.add(new Item.Link(file.entry(blob, place), first));
        } catch (IllegalArgumentException refused) {
            job.progress().add(Counter.FAILED, 1);
            error(
                    place.path(),
                    "refused: name",
                    place.path() + ": is not restored, since it is one more name of '" + blob.first() + "': "
                            + refused.getMessage());
        }
    }

    private void error(RawPath path, String cause, String message) {
        job.problems().add(new Problem(path, Problem.Severity.ERROR, cause, message));
    }

    private void warning(RawPath path, String cause, String message) {
        job.problems().add(new Problem(path, Problem.Severity.WARNING, cause, message));
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
