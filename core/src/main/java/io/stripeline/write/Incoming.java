package io.stripeline.write;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;

/**
 * The entry between its Begin and its End, as the stream tells of it: checks the grammar of {@link Item}, refuses names
 * that would lead elsewhere, and counts whether all of the content came. Used by the taking thread alone.
 */
final class Incoming {
    private final Losses losses;
    private final Temporaries temporaries;
    private @Nullable Entry entry;
    private RawPath path = RawPath.ROOT;
    private boolean refused;
    private boolean likeTemporary;
    private long coveredBytes;

    Incoming(Losses losses, Temporaries temporaries) {
        this.losses = losses;
        this.temporaries = temporaries;
    }

    void begin(Entry begun) {
        expectNone(begun);
        entry = begun;
        coveredBytes = 0;
        RawPath safe = safePath(begun);
        refused = safe == null;
        path = safe == null ? RawPath.ROOT : safe;
    }

    /** Fails where an entry has begun and not ended. */
    void expectNone(@Nullable Object next) {
        if (entry != null) {
            throw new IllegalArgumentException((next == null ? "The end" : next) + " comes before the end of " + path);
        }
    }

    /** The entry that has begun. */
    Entry entry() {
        if (entry == null) {
            throw new IllegalArgumentException("A piece or an end without an entry that has begun");
        }
        return entry;
    }

    /** Its path. */
    RawPath path() {
        return path;
    }

    /** Takes note of a piece; false where it is dropped. */
    boolean piece(long bytes) {
        if (!entry().inode().isRegular()) {
            throw new IllegalArgumentException("Content of " + path + ", which is no regular file");
        }
        coveredBytes += bytes;
        return !refused;
    }

    /** Attributes that the entry has instead of those it began with. */
    void amend(Attributes attributes) {
        entry = entry().with(attributes);
    }

    /** Ends it; false where it is not to be made, which is reported. */
    boolean end(Item.End end) {
        Entry ended = entry();
        entry = null;
        if (refused || !end.outcome().hasContent()) {
            return false; // whoever could not read it has reported it, and knows why
        }
        if (end.inode().type() != ended.inode().type()) {
            losses.refused(path, new Refusal("malformed", "it begins as one kind of file and ends as another"));
            return false;
        }
        long sizeBytes = end.inode().sizeBytes();
        boolean changed = end.outcome() instanceof Outcome.Changed;
        if (end.inode().isRegular() && !changed && coveredBytes != sizeBytes) {
            losses.refused(path, new Refusal("incomplete", coveredBytes + " of its " + sizeBytes + " bytes came"));
            return false;
        }
        return true;
    }

    /** The path of an entry; null where its names would lead elsewhere, which is reported. */
    @Nullable
    RawPath safePath(Entry of) {
        boolean root =
                of.name().length == 0 && of.dir().parent() == null && of.inode().isDirectory();
        RawPath at = RawPath.ROOT;
        try {
            at = TargetDirs.safePath(of.dir());
            if (!root) {
                TargetDirs.checkName(of.name());
            }
            RawPath path = at.child(of.name());
            lookForTemporaries(of, path);
            return path;
        } catch (Refusal refusal) {
            losses.refused(at, refusal);
            return null;
        }
    }

    private void lookForTemporaries(Entry of, RawPath path) {
        if (Temporaries.mayBe(of.name())) {
            likeTemporary |= temporaries.keep(path);
        }
        for (Dir at = of.dir(); at.parent() != null; at = at.parent()) {
            if (Temporaries.mayBe(at.name())) {
                likeTemporary |= temporaries.keep(at.path());
            }
        }
    }

    /** True, once, where a path came that a temporary of what is being made may have. */
    boolean takeLikeTemporary() {
        boolean now = likeTemporary;
        likeTemporary = false;
        return now;
    }
}
