package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.layout.Layout;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.ptcomm.wire.StatLine;
import io.stripeline.ptcomm.wire.TimeLine;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a restore while its blocks come. Until it is announced its content is held; a blob that came by then
 * makes the announcement whole, a later one amends it.
 */
final class Restored {
    final byte[] wireName;
    final StatLine stat;
    private final TargetNames.Place place;
    private final TargetNames.Place early;
    private final TimeLine times;
    private final byte[] target;
    private final @Nullable Layout layout;
    /** Parts of the blob, in the order in which they came. */
    final List<byte[]> parts = new ArrayList<>(1);

    private final List<Item> held = new ArrayList<>(1);
    private boolean announced;
    private long bytes;

    /**
     * @param place by the name as it came
     * @param early where it goes if it is announced before its blob is known
     * @param target of a symlink, empty for none
     */
    Restored(
            byte[] wireName,
            TargetNames.Place place,
            TargetNames.Place early,
            StatLine stat,
            TimeLine times,
            byte[] target,
            @Nullable Layout layout) {
        this.wireName = wireName;
        this.place = place;
        this.early = early;
        this.stat = stat;
        this.times = times;
        this.target = target;
        this.layout = layout;
    }

    /** Takes one piece; gives what can go downstream. The first piece is held: it may be all. */
    List<Item> piece(Item piece, long length) {
        bytes += length;
        if (!announced && held.isEmpty()) {
            held.add(piece);
            return List.of();
        }
        List<Item> out = new ArrayList<>(3);
        if (!announced) {
            announced = true;
            out.add(new Item.Begin(entry(known(), early)));
            out.addAll(held);
            held.clear();
        }
        out.add(piece);
        return out;
    }

    /** The blob as far as it came before the content; null where there is none yet. */
    private @Nullable EntryBlob known() {
        try {
            return parts.isEmpty() ? null : EntryBlob.decode(parts);
        } catch (FormatException incomplete) {
            return null; // the rest may come after the content; what is damaged is reported at the end
        }
    }

    /**
     * All of it came: what goes downstream.
     *
     * @param at where it goes, which the blob may have corrected
     */
    List<Item> end(@Nullable EntryBlob blob, TargetNames.Place at) {
        List<Item> out = new ArrayList<>(4);
        Entry entry = entry(blob, announced ? early : at);
        if (announced) {
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
    TargetNames.@Nullable Place announcedAt() {
        return announced ? early : null;
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
        for (Item item : held) {
            if (item instanceof Item.Data data) {
                data.slab().discard();
            }
        }
        held.clear();
    }

    TargetNames.Place place() {
        return place;
    }

    Entry entry(@Nullable EntryBlob blob, TargetNames.Place at) {
        if (blob == null) {
            return new Entry(at.dir(), at.name(), inode(), new Attributes(target, List.of(), 0, 0, layout));
        }
        Attributes saved = blob.attributes();
        Attributes attributes = saved.layout() != null || layout == null
                ? saved
                : new Attributes(saved.linkTarget(), saved.xattrs(), saved.flags(), saved.projectId(), layout);
        return new Entry(at.dir(), at.name(), blob.inode(), attributes);
    }

    /** What STAT and TSTAMP tell, where no blob tells more. */
    Inode inode() {
        Timestamp changed = new Timestamp(times.ctime(), 0);
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
                changed,
                Timestamp.EPOCH);
    }

    /** The mode says the kind; the letter only where it does not. */
    private int mode() {
        if ((stat.mode() & FileType.MASK) != 0) {
            return stat.mode();
        }
        return stat.mode()
                | switch (stat.type()) {
                    case 'D' -> FileType.DIRECTORY.bits();
                    case 'S' -> FileType.SYMLINK.bits();
                    default -> FileType.REGULAR.bits();
                };
    }
}
