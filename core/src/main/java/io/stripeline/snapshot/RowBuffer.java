package io.stripeline.snapshot;

import io.stripeline.inode.Inode;
import java.util.Arrays;

/**
 * Rows of one directory in the order of their coming, each as a run of bytes (the form of the spill files, which no
 * other program reads). Not thread-safe.
 */
final class RowBuffer {
    private static final int PREFIX_BYTES = 5; // of 8 in a long: the other three hold the row's number
    private static final int MAX_ROWS = 1 << 24;

    private final Encoder rows = new Encoder(128);
    private int[] starts = new int[2];
    private int count;

    int count() {
        return count;
    }

    /** Bytes of heap, about. */
    int weight() {
        return rows.array().length + 4 * starts.length + 160;
    }

    boolean isFull() {
        return count == MAX_ROWS || rows.size() > 1 << 29;
    }

    byte[] array() {
        return rows.array();
    }

    int start(int row) {
        return starts[row];
    }

    /** End of a row by its number of coming. */
    int end(int row) {
        return row + 1 < count ? starts[row + 1] : rows.size();
    }

    void add(
            byte[] name,
            Inode inode,
            boolean keepAtime,
            int filesystem,
            byte[] extra,
            int extraFrom,
            int extraLength,
            RowState state,
            Content content) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = rows.size();
        long mtime = inode.mtime().seconds();
        int mnanos = inode.mtime().nanos();
        rows.varint(name.length).put(name);
        rows.varint(inode.mode() & 0xFFFFFFFFL).varint(inode.nlink() & 0xFFFFFFFFL);
        rows.varint(inode.uid() & 0xFFFFFFFFL).varint(inode.gid() & 0xFFFFFFFFL);
        rows.varint(inode.sizeBytes()).varint(inode.blocks512()).varint(inode.rdev());
        rows.zigzag(mtime).varint(mnanos);
        rows.zigzag(inode.ctime().seconds() - mtime).zigzag(inode.ctime().nanos() - mnanos);
        rows.zigzag(inode.btime().seconds() - mtime).zigzag(inode.btime().nanos() - mnanos);
        rows.zigzag(keepAtime ? inode.atime().seconds() - mtime : 0);
        rows.zigzag(keepAtime ? inode.atime().nanos() - mnanos : 0);
        rows.varint(filesystem).zigzag(inode.id().high()).zigzag(inode.id().low());
        rows.varint(extraLength).put(extra, extraFrom, extraLength);
        rows.put(state.code()).varint(content.code().length).put(content.code());
    }

    /** Adds a row that is nothing but its name. */
    void addMark(byte[] name) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = rows.size();
        rows.varint(name.length).put(name);
    }

    /** Numbers of the rows in order of their names; of several rows of one name only the last that came. */
    int[] sorted() {
        long[] order = new long[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        sort(order, 0, count, 0);
        int[] out = new int[count];
        int size = 0;
        for (long entry : order) {
            int row = (int) entry & (MAX_ROWS - 1);
            if (size > 0 && sameName(out[size - 1], row)) {
                out[size - 1] = Math.max(out[size - 1], row);
            } else {
                out[size++] = row;
            }
        }
        return Arrays.copyOf(out, size);
    }

    /** Sorts by the next few bytes at a time as plain longs: names of one directory share long prefixes. */
    private void sort(long[] order, int low, int high, int depth) {
        if (high - low < 2) {
            return;
        }
        int shared = sharedPrefix(order, low, high, depth);
        for (int i = low; i < high; i++) {
            int row = (int) order[i] & (MAX_ROWS - 1);
            order[i] = (prefix(row, shared) << 24 | row) ^ Long.MIN_VALUE; // compares as unsigned
        }
        Arrays.sort(order, low, high);
        int from = low;
        for (int i = low + 1; i <= high; i++) {
            if (i == high || order[i] >>> 24 != order[from] >>> 24) {
                int row = (int) order[from] & (MAX_ROWS - 1);
                if (i - from > 1) {
                    sortEqual(order, from, i, shared + PREFIX_BYTES, row);
                }
                from = i;
            }
        }
    }

    private void sortEqual(long[] order, int low, int high, int depth, int row) {
        if (nameLength(row) >= depth) {
            sort(order, low, high, depth);
        } else if (high - low == 2) {
            // one name twice, or the root's empty name and the mark of an incomplete directory
            int other = (int) order[low + 1] & (MAX_ROWS - 1);
            if (nameLength(row) > nameLength(other)) {
                long swap = order[low];
                order[low] = order[low + 1];
                order[low + 1] = swap;
            }
        } else {
            long[] rows = Arrays.copyOfRange(order, low, high);
            int at = low;
            for (int length = 0; at < high; length++) {
                for (long entry : rows) {
                    if (nameLength((int) entry & (MAX_ROWS - 1)) == length) {
                        order[at++] = entry;
                    }
                }
            }
        }
    }

    private int sharedPrefix(long[] order, int low, int high, int depth) {
        byte[] bytes = rows.array();
        int first = (int) order[low] & (MAX_ROWS - 1);
        int firstAt = nameAt(first);
        int shared = nameLength(first);
        for (int i = low + 1; i < high && shared > depth; i++) {
            int row = (int) order[i] & (MAX_ROWS - 1);
            int at = nameAt(row);
            int length = Math.min(shared, nameLength(row));
            int mismatch = Arrays.mismatch(bytes, firstAt, firstAt + length, bytes, at, at + length);
            shared = mismatch < 0 ? length : mismatch;
        }
        return Math.max(shared, depth);
    }

    /** The five bytes from {@code from}, zeros beyond the end: no name holds a zero, so shorter sorts first. */
    private long prefix(int row, int from) {
        byte[] bytes = rows.array();
        int at = nameAt(row);
        int length = nameLength(row);
        long out = 0;
        for (int i = from; i < from + PREFIX_BYTES; i++) {
            out = out << 8 | (i < length ? bytes[at + i] & 0xFF : 0);
        }
        return out;
    }

    private int nameLength(int row) {
        int at = starts[row];
        int b = rows.array()[at];
        int length = b & 0x7F;
        for (int shift = 7; b < 0; shift += 7) {
            b = rows.array()[++at];
            length |= (b & 0x7F) << shift;
        }
        return length;
    }

    private int nameAt(int row) {
        int at = starts[row];
        while (rows.array()[at] < 0) {
            at++;
        }
        return at + 1;
    }

    private boolean sameName(int a, int b) {
        byte[] bytes = rows.array();
        int at = nameAt(a);
        int bt = nameAt(b);
        return Arrays.equals(bytes, at, at + nameLength(a), bytes, bt, bt + nameLength(b));
    }
}
