package io.stripeline.read;

import io.stripeline.flow.Outcome;
import io.stripeline.inode.Inode;
import io.stripeline.inode.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Whether an inode stood still: while it was read, and long enough before. */
final class Stability {
    private Stability() {}

    /** Outcome of a read that got {@code covered} bytes between two looks at the inode. */
    static Outcome compare(Inode before, Inode after, long covered) {
        if (after.sizeBytes() != before.sizeBytes()) {
            return new Outcome.Changed("size " + before.sizeBytes() + " -> " + after.sizeBytes());
        }
        if (covered != before.sizeBytes()) {
            return new Outcome.Changed("ended after " + covered + " of " + before.sizeBytes() + " bytes");
        }
        if (!after.mtime().equals(before.mtime())) {
            return new Outcome.Changed("mtime " + print(before.mtime()) + " -> " + print(after.mtime()));
        }
        if (!after.ctime().equals(before.ctime())) {
            return new Outcome.Changed("ctime " + print(before.ctime()) + " -> " + print(after.ctime()));
        }
        return Outcome.OK;
    }

    /**
     * True where a change at or after {@code now} is bound to carry other times than these: both are at least {@code
     * granularity} older. {@code now} is the moment before the first look at the inode, so that nothing of what was
     * read is older than it.
     */
    static boolean isSettled(Inode inode, Instant now, Duration granularity) {
        Instant latest = now.minus(granularity);
        return !isAfter(inode.mtime(), latest) && !isAfter(inode.ctime(), latest);
    }

    private static boolean isAfter(Timestamp time, Instant limit) {
        return time.seconds() != limit.getEpochSecond()
                ? time.seconds() > limit.getEpochSecond()
                : time.nanos() > limit.getNano();
    }

    /** The inode with the length of what was sent of it. */
    static Inode withSize(Inode inode, long sizeBytes) {
        return inode.sizeBytes() == sizeBytes
                ? inode
                : new Inode(
                        inode.id(),
                        inode.mode(),
                        inode.nlink(),
                        inode.uid(),
                        inode.gid(),
                        sizeBytes,
                        inode.blocks512(),
                        inode.rdev(),
                        inode.atime(),
                        inode.mtime(),
                        inode.ctime(),
                        inode.btime());
    }

    /** ISO 8601 in UTC; seconds that a calendar does not reach as a number. */
    private static String print(Timestamp time) {
        long year10000 = 253_402_300_800L;
        return Math.abs(time.seconds()) < year10000
                ? Instant.ofEpochSecond(time.seconds(), time.nanos()).toString()
                : time.seconds() + "." + time.nanos() + " s";
    }
}
