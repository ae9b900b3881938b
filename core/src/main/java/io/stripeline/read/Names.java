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
    private @Nullable RawPath first;

    Names() {}

    Names(int planned, RawPath first, long spilledAt) {
        this.planned = planned;
        this.first = first;
        this.spilledAt = spilledAt;
    }

    /** One more name stands in the line. */
    synchronized void planned() {
        planned++;
        inLine++;
    }

    /** A name has left the line; {@code path} where the content stands under it now. */
    synchronized void emitted(@Nullable RawPath path) {
        inLine--;
        if (first == null) {
            first = path;
        }
    }

    /** The name under which the content stands in the stream, null while there is none. */
    synchronized @Nullable RawPath first() {
        return first;
    }

    /** True where no name of it stands in the line, so that nobody changes it. */
    synchronized boolean isAtRest() {
        return inLine == 0;
    }
}
