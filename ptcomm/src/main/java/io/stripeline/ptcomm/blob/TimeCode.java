package io.stripeline.ptcomm.blob;

import io.stripeline.inode.Timestamp;

/** The two forms of a time: nanoseconds from a base where they fit, else seconds and nanoseconds since 1970. */
final class TimeCode {
    private static final long NANOS = 1_000_000_000;

    /** So that seconds times 10^9 and one second more fit into 64 bits. */
    private static final long MOST_SECONDS = 9_000_000_000L;

    private TimeCode() {}

    static void write(CborWriter to, Timestamp base, Timestamp time) {
        long seconds = time.seconds() - base.seconds();
        boolean overflown = ((time.seconds() ^ base.seconds()) & (time.seconds() ^ seconds)) < 0;
        if (!overflown && seconds >= -MOST_SECONDS && seconds <= MOST_SECONDS) {
            to.signed(seconds * NANOS + time.nanos() - base.nanos());
        } else {
            to.array(2).signed(time.seconds()).signed(time.nanos());
        }
    }

    static Timestamp read(CborReader from, Timestamp base) {
        if (from.isNext(CborWriter.ARRAY)) {
            from.array(2);
            long seconds = from.signed();
            long nanos = from.signed();
            if (nanos < 0 || nanos >= NANOS) {
                throw from.broken("a time of " + nanos + " nanoseconds");
            }
            return new Timestamp(seconds, (int) nanos);
        }
        long after = from.signed();
        long seconds = Math.floorDiv(after, NANOS);
        long nanos = base.nanos() + Math.floorMod(after, NANOS);
        if (nanos >= NANOS) {
            nanos -= NANOS;
            seconds++;
        }
        long sum = base.seconds() + seconds;
        if (((base.seconds() ^ sum) & (seconds ^ sum)) < 0) {
            throw from.broken("a time is beyond 64 bits of seconds");
        }
        return new Timestamp(sum, (int) nanos);
    }
}
