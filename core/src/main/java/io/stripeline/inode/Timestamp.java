package io.stripeline.inode;

/**
 * A point in time as inodes hold it.
 *
 * @param seconds since 1970-01-01 UTC, negative before
 * @param nanos 0 to 999,999,999, always counted forward from {@code seconds}
 */
public record Timestamp(long seconds, int nanos) implements Comparable<Timestamp> {
    /** 1970-01-01 UTC; also stands for a birth time that the filesystem does not tell. */
    public static final Timestamp EPOCH = new Timestamp(0, 0);

    public Timestamp {
        if (nanos < 0 || nanos > 999_999_999) {
            throw new IllegalArgumentException("nanos out of range: " + nanos);
        }
    }

    @Override
    public int compareTo(Timestamp other) {
        int bySeconds = Long.compare(seconds, other.seconds);
        return bySeconds != 0 ? bySeconds : Integer.compare(nanos, other.nanos);
    }
}
