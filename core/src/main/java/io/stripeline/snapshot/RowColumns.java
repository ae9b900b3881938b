package io.stripeline.snapshot;

import java.util.Arrays;

/** Turns rows in name order into the columns of a {@code D} (section 2 of the format). Reused between parts. */
final class RowColumns {
    static final int NAME = 1;
    static final int NAME_BYTES = 2;
    static final int MODE = 3;
    static final int NLINK = 4;
    static final int UID = 5;
    static final int GID = 6;
    static final int SIZE = 7;
    static final int BLOCKS = 8;
    static final int RDEV = 9;
    static final int MTIME = 10;
    static final int MTIME_NANOS = 11;
    static final int CTIME = 12;
    static final int CTIME_NANOS = 13;
    static final int BTIME = 14;
    static final int BTIME_NANOS = 15;
    static final int ATIME = 16;
    static final int ATIME_NANOS = 17;
    static final int FILESYSTEM = 18;
    static final int HIGH = 19;
    static final int LOW = 20;
    static final int EXTRA = 21;
    static final int EXTRA_BYTES = 22;
    static final int COLUMNS = 23;

    private final Encoder[] columns = new Encoder[COLUMNS];
    private final boolean[] used = new boolean[COLUMNS];
    private final long[] previous = new long[COLUMNS];
    private byte[] lastName = new byte[256];
    private int lastNameLength;
    private int rows;

    // What the writer of parts wants to know of the row just added.
    int mode;
    long sizeBytes;
    int filesystem;
    long high;
    long low;
    int stateAt;

    RowColumns() {
        for (int i = 1; i < COLUMNS; i++) {
            columns[i] = new Encoder(4096);
        }
    }

    int rows() {
        return rows;
    }

    /** Weight of a row for cuts; does not depend on content. */
    static int weight(RowRun row) {
        Decoder in = new Decoder(row.bytes, row.nameStart + row.nameLength, row.end);
        for (int i = MODE; i <= LOW; i++) {
            in.varint();
        }
        return 32 + row.nameLength + in.length();
    }

    void add(RowRun row) {
        addName(row.bytes, row.nameStart, row.nameLength);
        Decoder in = new Decoder(row.bytes, row.nameStart + row.nameLength, row.end);
        mode = (int) in.varint();
        delta(MODE, mode);
        plain(NLINK, in.varint());
        delta(UID, in.varint());
        delta(GID, in.varint());
        sizeBytes = in.varint();
        plain(SIZE, sizeBytes);
        plain(BLOCKS, in.varint());
        plain(RDEV, in.varint());
        delta(MTIME, in.zigzag());
        for (int column = MTIME_NANOS; column <= ATIME_NANOS; column++) {
            plain(column, in.varint()); // relative to the row's mtime already
        }
        filesystem = in.count(Integer.MAX_VALUE);
        plain(FILESYSTEM, filesystem);
        high = in.zigzag();
        delta(HIGH, high);
        low = in.zigzag();
        delta(LOW, low);
        int extra = in.length();
        plain(EXTRA, extra);
        columns[EXTRA_BYTES].put(row.bytes, in.position(), extra);
        used[EXTRA_BYTES] |= extra > 0;
        stateAt = in.position() + extra;
        rows++;
    }

    private void addName(byte[] bytes, int from, int length) {
        int mismatch = Arrays.mismatch(lastName, 0, lastNameLength, bytes, from, from + length);
        int shared = mismatch < 0 ? length : mismatch;
        columns[NAME].varint(shared).varint(length - shared);
        columns[NAME_BYTES].put(bytes, from + shared, length - shared);
        used[NAME] = true;
        used[NAME_BYTES] |= length > 0;
        if (lastName.length < length) {
            lastName = new byte[length * 2];
        }
        System.arraycopy(bytes, from, lastName, 0, length);
        lastNameLength = length;
    }

    private void plain(int column, long value) {
        columns[column].varint(value);
        used[column] |= value != 0;
    }

    private void delta(int column, long value) {
        columns[column].zigzag(value - previous[column]);
        previous[column] = value;
        used[column] |= value != 0;
    }

    /** Appends the {@code D} to {@code out} and starts anew. */
    void finish(Encoder out) {
        out.header('D').varint(rows);
        for (int column = 1; column < COLUMNS; column++) {
            if (used[column]) {
                out.put(column).sized(columns[column]);
            }
            columns[column].clear();
            used[column] = false;
            previous[column] = 0;
        }
        lastNameLength = 0;
        rows = 0;
    }
}
