package io.stripeline.ptcomm;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.layout.Layout;
import io.stripeline.ptcomm.TargetNames.Place;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a restore while its blocks come. Until it is announced its content is held; a blob that came by then
 * makes the announcement whole, a later one amends it.
 */
final class Restored {
    /** Most of one blob: what a backup keeps of one inode, and as much again for names and what the heap holds of parts. */
    private static final int BLOB_BYTES = 2 * AttributeRoom.MOST_BYTES;

    /** What the heap holds of a part beside its bytes: many short ones are no way around the bound. */
    private static final int PART_OVERHEAD_BYTES = 64;

    final byte[] wireName;
    final StatLine stat;
    private final Place place;
    private final Function<@Nullable EntryBlob, Place> places;
    private final TimeLine times;
    final byte[] target;
    private final @Nullable Layout layout;

    private final List<byte[]> parts = new ArrayList<>(1);
    private int partBytes;
    private boolean tooLong;

    private final List<Item> held = new ArrayList<>(1);
    private @Nullable Place announced;
    private boolean unexpected;
    private long bytes;

    /**
     * @param place by the name as it came
     * @param places where it goes, given its blob as far as that is known when it is announced
     * @param target of a symlink, of a hard link the name that its first one gets; empty for none
     */
    Restored(
            byte[] wireName,
            Place place,
            Function<@Nullable EntryBlob, Place> places,
            StatLine stat,
            TimeLine times,
            byte[] target,
            @Nullable Layout layout) {
        this.wireName = wireName;
        this.place = place;
        this.places = places;
        this.stat = stat;
        this.times = times;
        this.target = target;
        this.layout = layout;
    }

    // ---- the blob

    /** Takes one part of the blob. */
    void part(byte[] part) {
        partBytes += part.length + PART_OVERHEAD_BYTES;
        parts.add(part);
        if (partBytes > BLOB_BYTES) {
            tooLong = true;
            partBytes = 0;
            parts.clear();
        }
    }

    boolean hasBlob() {
        return tooLong || !parts.isEmpty();
    }

    /**
     * The blob, of the parts that came.
     *
     * @throws FormatException where a part is missing or damaged, or it is another entry's
     */
    EntryBlob blob() {
        if (tooLong) {
            throw new FormatException("They have more than " + BLOB_BYTES + " bytes");
        }
        EntryBlob blob = EntryBlob.decode(parts);
        if (blob.inode().type() != inode().type()) {
            throw new FormatException("They are those of a " + blob.inode().type() + " that was " + blob.path()
                    + ", and it is a " + inode().type());
        }
        return blob;
    }

    /** The blob as far as it came before the content; null where there is none yet. */
    private @Nullable EntryBlob known() {
        try {
            return parts.isEmpty() ? null : blob();
        } catch (FormatException incomplete) {
            return null; // the rest may come after the content; what is damaged is reported at the end
        }
    }

    // ---- the content

    /** Takes one piece; gives what can go downstream. The first piece is held: it may be all. */
    List<Item> piece(Item piece, long length) {
        if (isLink() || !inode().isRegular()) {
            unexpected = true;
            drop(piece);
            return List.of();
        }
        bytes += length;
        if (announced == null && held.isEmpty()) {
            held.add(piece);
            return List.of();
        }
        List<Item> out = new ArrayList<>(3);
        if (announced == null) {
            EntryBlob known = known();
            Place at = places.apply(known);
            announced = at;
            out.add(new Item.Begin(entry(known, at)));
            out.addAll(held);
            held.clear();
        }
        out.add(piece);
        return out;
    }

    /** True where content came of what has none. */
    boolean hasUnexpectedContent() {
        return unexpected;
    }

    // ---- the end

    /**
     * All of it came: what goes downstream.
     *
     * @param at where it goes, which the blob may have corrected
     */
    List<Item> end(@Nullable EntryBlob blob, Place at) {
        List<Item> out = new ArrayList<>(4);
        Entry entry = entry(blob, announced != null ? announced : at);
        if (announced != null) {
            out.add(new Item.Amend(entry.attributes()));
        } else {
            out.add(new Item.Begin(entry));
            out.addAll(held);
            held.clear();
        }
        out.add(end(entry.inode()));
        return out;
    }

    /** Where it went, if its announcement is downstream, so that its name cannot change any more. */
    @Nullable
    Place announcedAt() {
        return announced;
    }

    /** What was saved is what there is: a file that changed, or could not be read whole, has another length. */
    private Item.End end(Inode inode) {
        if (!inode.isRegular() || bytes == inode.sizeBytes()) {
            return new Item.End(inode, Outcome.OK, true);
        }
        Inode shorter = new Inode(
                inode.id(),
                inode.mode(),
                inode.nlink(),
                inode.uid(),
                inode.gid(),
                bytes,
                inode.blocks512(),
                inode.rdev(),
                inode.atime(),
                inode.mtime(),
                inode.ctime(),
                inode.btime());
        return new Item.End(shorter, new Outcome.Changed(bytes + " of " + inode.sizeBytes() + " bytes"), true);
    }

    /** Bytes that came, where they are not as many as the inode says; else -1. */
    long otherLength(@Nullable EntryBlob blob) {
        Inode inode = blob == null ? inode() : blob.inode();
        return inode.isRegular() && bytes != inode.sizeBytes() ? bytes : -1;
    }

    /** Releases what is held. */
    void drop() {
        held.forEach(Restored::drop);
        held.clear();
    }

    private static void drop(Item item) {
        if (item instanceof Item.Data data) {
            data.slab().discard();
        }
    }

    Place place() {
        return place;
    }

    /** One more name of a file. */
    boolean isLink() {
        return stat.type() == 'L';
    }

    Entry entry(@Nullable EntryBlob blob, Place at) {
        if (blob == null) {
            return new Entry(at.dir(), at.name(), inode(), new Attributes(target, List.of(), 0, 0, layout));
        }
        Attributes saved = blob.attributes();
        return new Entry(
                at.dir(),
                at.name(),
                blob.inode(),
                new Attributes(
                        RestoredNames.target(saved.linkTarget(), target),
                        saved.xattrs(),
                        saved.flags(),
                        saved.projectId(),
                        saved.layout() == null ? layout : saved.layout()));
    }

    /** What STAT and TSTAMP tell, where no blob tells more. */
    Inode inode() {
        return new Inode(
                new InodeId(0, 0, 0),
                mode(),
                (int) stat.nlink(),
                stat.uid(),
                stat.gid(),
                stat.sizeBytes(),
                0,
                0,
                new Timestamp(times.atime(), 0),
                new Timestamp(times.mtime(), 0),
                new Timestamp(times.ctime(), 0),
                Timestamp.EPOCH);
    }

    /** The mode says the kind; the letter only where it does not. */
    private int mode() {
        for (FileType type : FileType.values()) {
            if ((stat.mode() & FileType.MASK) == type.bits()) {
                return stat.mode();
            }
        }
        return stat.mode() & ~FileType.MASK
                | switch (stat.type()) {
                    case 'D' -> FileType.DIRECTORY.bits();
                    case 'S' -> FileType.SYMLINK.bits();
                    default -> FileType.REGULAR.bits();
                };
    }
}
