package io.stripeline.flow;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.slab.Slab;

/**
 * One element of the flat stream that every sink takes and every restore source gives.
 *
 * <p>Grammar: {@code ( Begin (Data | Hole)* Amend? End | Same | Link | Unread | Gone )*}. Between a {@code Begin} and its
 * {@code End} come only the pieces of that entry, in ascending order of offset, without overlap. A regular file's
 * pieces cover its whole length unless it failed; entries of other kinds have no pieces.
 *
 * <p>Ownership: whoever receives a {@link Data} owns its slab and passes it on or releases it exactly once; whoever takes
 * a {@link Begin} or an {@link Amend} out of the last queue releases its hold, and an operator that replaces one passes
 * the hold on: a source gives no further large set of attributes before. Items that are dropped on the way (cancel,
 * error, filter) are released by the discard handler that {@link Pipelines} installs. {@link #release()} does either.
 */
public sealed interface Item {
    /** Gives back what the item holds: the slab of a {@code Data}, the hold of a {@code Begin} or an {@code Amend}. */
    default void release() {
        if (this instanceof Data data) {
            data.slab().release();
        } else if (this instanceof Begin begin) {
            begin.hold().release();
        } else if (this instanceof Amend amend) {
            amend.hold().release();
        }
    }

    /**
     * An entry that was read starts.
     *
     * @param hold what its attributes take of the room between source and sink, where they are large
     */
    record Begin(Entry entry, AttributeRoom.Hold hold) implements Item {
        /** An entry whose attributes are few. */
        public Begin(Entry entry) {
            this(entry, AttributeRoom.Hold.NONE);
        }
    }

    /**
     * Bytes of the current entry.
     *
     * @param offset of the first byte in the file
     * @param slab the bytes are those between position and limit of its buffer
     */
    record Data(long offset, Slab slab) implements Item {}

    /** A hole of the current entry: {@code length} bytes that read as zeros and hold no blocks. */
    record Hole(long offset, long length) implements Item {}

    /**
     * Attributes of the current entry that were not known when it began; they replace those of its {@code Begin}. Only
     * restores emit it: a volume of Bacula gives them after the content.
     *
     * @param hold as that of a {@code Begin}
     */
    record Amend(Attributes attributes, AttributeRoom.Hold hold) implements Item {
        /** Few attributes. */
        public Amend(Attributes attributes) {
            this(attributes, AttributeRoom.Hold.NONE);
        }
    }

    /**
     * The current entry ends.
     *
     * @param inode attributes as of the end of the read; these are the ones to keep
     * @param outcome whether the pieces are the entry's content
     * @param settled false where the inode changed so shortly before it was read that a later change could hide
     *     within the same clock tick: the next backup must read it again
     */
    record End(io.stripeline.inode.Inode inode, Outcome outcome, boolean settled) implements Item {}

    /**
     * An entry that is unchanged against what an earlier backup knows; nothing of it was read.
     *
     * @param entry where it is now and its inode now; its attributes are those that {@code known} stands for
     * @param known what the {@link Base} knows; its sink understands it
     */
    record Same(Entry entry, Base.Known known) implements Item {}

    /**
     * One more name of an inode that this stream has already begun under another name.
     *
     * @param entry this name
     * @param first the name under which the inode's content stands in this stream
     */
    record Link(Entry entry, RawPath first) implements Item {}

    /** Something that the scan could not read: no entry stands for it, but it must be reported and tried again. */
    record Unread(ScanFailure failure) implements Item {}

    /**
     * A name that was there at the last backup and is gone; only incrementals from a change source emit it. A directory
     * that is gone is one of these for each name that was below it, and one for itself.
     */
    record Gone(RawPath path, boolean directory) implements Item {}
}
