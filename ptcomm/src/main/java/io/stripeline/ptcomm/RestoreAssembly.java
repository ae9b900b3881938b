package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.blob.LinkedTrees;
import io.stripeline.ptcomm.blob.RestoreObject;
import io.stripeline.ptcomm.wire.NameEscape;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.FormatException;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the blocks of a restore mean, in whatever way they came: puts them together into items. One entry at a time. Of
 * one thread.
 */
final class RestoreAssembly implements AutoCloseable {
    /**
     * What is told of an entry in front of everything else.
     *
     * @param target of a symlink, of a hard link the name that its first one gets; empty for none
     * @param layout id, 0 for none
     */
    record Head(byte[] wireName, StatLine stat, TimeLine times, byte[] target, long layout) {}

    private static final String LOST_TREES = "; files below a path= with a symlink in it may not be restored in place";

    private final RestoreChoice choice;
    private final SlabPool slabs;
    private final Job job;
    private final TargetNames places;
    private final RestoredNames names;
    private final RestoredLayouts layouts;
    private final StatxBuffer there = new StatxBuffer();
    private final ArrayDeque<Item> out = new ArrayDeque<>();

    /** A file has begun: what is there now may be the volume's. */
    private boolean begun;

    private @Nullable Restored current;
    private @Nullable RestoredContent content;
    /** Said once: all files of a volume have attributes of ours, or none has. */
    private boolean saidForeign;

    RestoreAssembly(BackendSession session, RestoreChoice choice, SlabPool slabs, Job job) {
        this.choice = choice;
        this.slabs = slabs;
        this.job = job;
        this.layouts = new RestoredLayouts(job);
        this.places =
                new TargetNames(session.job().where(), session.parameters().each("path"));
        this.names = new RestoredNames(places, session.extensions().caps().isEmpty());
    }

    /** What can go downstream; null for nothing yet. */
    @Nullable
    Item poll() {
        return out.poll();
    }

    /** Reads a restore object. */
    void object(byte[] name, PacketReader in) throws IOException {
        RestoreObject object = layouts.object(new String(name, StandardCharsets.UTF_8), in);
        if (LinkedTrees.isOne(object)) {
            try {
                trees(LinkedTrees.decode(object));
            } catch (FormatException damaged) {
                error(RawPath.ROOT, "damaged trees", damaged.getMessage() + LOST_TREES);
            }
        }
    }

    /** Resolved while nothing is restored yet: a symlink of the volume is never followed. */
    private void trees(LinkedTrees trees) {
        for (RawPath path : trees.paths()) {
            if (begun) {
                warning(path, "late trees", path + ": was told after the first file" + LOST_TREES);
                return;
            }
            try {
                places.tree(path);
            } catch (PosixException failed) {
                warning(path, "lost trees", path + ": " + failed.getMessage() + LOST_TREES);
            }
        }
    }

    // ---- an entry, block by block

    /** An entry begins. False where it is refused, which is reported: what follows of it is not to come here. */
    boolean begin(Head head) {
        begun = true;
        TargetNames.Place place;
        try {
            place = names.place(head.wireName);
        } catch (IllegalArgumentException refused) {
            job.progress().add(Counter.FAILED, 1);
            error(
                    RawPath.of(RawPath.printable(head.wireName)), // it may hold anything
                    "refused: name",
                    "'" + RawPath.printable(head.wireName) + "' is not restored: " + refused.getMessage());
            return false;
        }
        current = new Restored(
                head.wireName,
                place,
                known -> names.place(head.wireName, known),
                head.stat,
                head.times,
                head.target,
                layouts.of(place.path(), head.layout));
        return true;
    }

    /** Leaves the entry that has begun out, and counts it, where nobody wants its kind. */
    boolean leavesKind() {
        FileType type = current().inode().type();
        if (choice.specials() || type == FileType.REGULAR || type == FileType.DIRECTORY || type == FileType.SYMLINK) {
            return false;
        }
        leave();
        return true;
    }

    /**
     * Leaves the entry that has begun out, and counts it, where nobody wants its kind, or where the writer would as well:
     * asked so that no content is sent for nothing.
     */
    boolean leaves() {
        if (leavesKind()) {
            return true;
        }
        Restored file = current();
        if (file.inode().isDirectory()
                || NameEscape.looksEscaped(file.wireName) // what stands there may be another file
                || !staysAsItIs(file.place(), file.inode().mtime().seconds())) {
            return false;
        }
        leave();
        return true;
    }

    private void leave() {
        current = null;
        job.progress().add(Counter.SKIPPED, 1);
    }

    private Restored current() {
        if (current == null) {
            throw new ProtocolException("A block of a file came before its name");
        }
        return current;
    }

    private boolean staysAsItIs(TargetNames.Place place, long mtimeSeconds) {
        if (choice.overwrite() == RestorePlan.Overwrite.ALWAYS) {
            return false;
        }
        try {
            Posix.statx(Fcntl.AT_FDCWD, place.path().toBytes(), StatxBuffer.BASIC_STATS, there);
        } catch (PosixException notThere) {
            return false; // or the writer says why it cannot be looked at
        }
        return switch (choice.overwrite()) {
            case ALWAYS -> false;
            case NEVER -> true;
            case NEWER -> there.mtimeSeconds() > mtimeSeconds;
            case OLDER -> there.mtimeSeconds() < mtimeSeconds;
        };
    }

    /** Metadata, an ACL or xattrs of the entry. */
    void attached(byte[] bytes) {
        Restored file = current();
        if (EntryBlob.isBlob(bytes)) {
            file.part(bytes);
        } else {
            sayForeign(file, "have attributes that another backend saved: they are not restored");
        }
    }

    /** The content of the entry, until {@link #endContent}; begins it where it has not begun. */
    RestoredContent content() {
        Restored file = current();
        RestoredContent now = content;
        if (now == null) {
            now = new RestoredContent(file, slabs, out::add);
            content = now;
        }
        return now;
    }

    /** All content came. */
    void endContent() {
        RestoredContent done = content;
        if (done != null) {
            done.end();
            done.close();
            content = null;
        }
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

    /** All of the entry came, if one has begun; false where nothing of it goes downstream, which is reported. */
    boolean end() {
        Restored file = current;
        current = null;
        if (file == null) {
            return false;
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
            return link(file, blob, place);
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
        return true;
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

    private boolean link(Restored file, @Nullable EntryBlob blob, TargetNames.Place place) {
        if (blob == null || blob.first() == null) {
            job.progress().add(Counter.FAILED, 1);
            error(
                    place.path(),
                    "lost link",
                    place.path() + ": is one more name of a file, and which one is not known: not restored");
            return false;
        }
        try {
            RawPath first = names.first(file.wireName, file.target, blob, blob.first());
            out.add(new Item.Link(file.entry(blob, place).with(Attributes.NONE), first)); // the inode has them
            return true;
        } catch (IllegalArgumentException refused) {
            job.progress().add(Counter.FAILED, 1);
            error(
                    place.path(),
                    "refused: name",
                    place.path() + ": is not restored, since it is one more name of '" + blob.first() + "': "
                            + refused.getMessage());
            return false;
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
