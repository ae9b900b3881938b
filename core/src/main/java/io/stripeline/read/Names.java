package io.stripeline.read;

import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;

/** What is remembered of one inode with several names. The planner counts, the emitter resolves. */
final class Names {
    /** Names that were planned; only the planner touches it. */
    int planned;

    /** Where its path stands in the spill file, negative if nowhere; only the planner touches it. */
    long spilledAt = -1;

    private int inLine;
    private @Nullable First first;

    /** The name under which the content stands in the stream, and what the scan said of the inode there. */
    record First(RawPath path, Version version) {}

    Names() {}

    Names(int planned, First first, long spilledAt) {
        this.planned = planned;
        this.first = first;
        this.spilledAt = spilledAt;
    }

    /** One more name stands in the line. */
    synchronized void planned() {
        planned++;
        inLine++;
    }

    /** A name has left the line; {@code content} where the content stands under it now. */
    synchronized void emitted(@Nullable First content) {
        inLine--;
        if (first == null) {
            first = content;
        }
    }

    /** Null while the content stands under no name. */
    synchronized @Nullable First first() {
        return first;
    }

    /** True where no name of it stands in the line, so that nobody changes it. */
    synchronized boolean isAtRest() {
        return inLine == 0;
    }
}
