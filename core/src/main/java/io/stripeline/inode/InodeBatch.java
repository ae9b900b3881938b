package io.stripeline.inode;

import java.util.ArrayList;
import java.util.List;

/**
 * Up to {@link #CAPACITY} inodes as columns: what flows out of a scan.
 *
 * <p>A row is a name in a {@link Dir} with the attributes of statx(2). Rows of several directories share a batch, since
 * most directories are small; rows of one directory may be spread over batches in any order. Beside the rows stand
 * {@link #failures()}: names that could not be read, directories that could not be listed.
 *
 * <p>Filled by one thread, then frozen by handing it downstream: a receiver may keep it and read it from any thread,
 * and never changes it. Columns are plain arrays for the same reason that a batch exists at all: at a million rows a
 * second an object per row is the larger part of the cost. Names are not NUL terminated.
 */
public final class InodeBatch {
    /** Rows of a full batch: 256 rows of about 200 bytes stay in the cache of one core. */
    public static final int CAPACITY = 256;

    private static final int NAME_BYTES = CAPACITY * 24; // grows; names average about 20 bytes

    private int size;
    private final Dir[] dirs = new Dir[CAPACITY];
    private byte[] names = new byte[NAME_BYTES];
    private final int[] nameEnds = new int[CAPACITY];
    private final int[] modes = new int[CAPACITY];
    private final int[] nlinks = new int[CAPACITY];
    private final int[] uids = new int[CAPACITY];
    private final int[] gids = new int[CAPACITY];
    private final long[] devices = new long[CAPACITY];
    private final long[] idHighs = new long[CAPACITY];
    private final long[] idLows = new long[CAPACITY];
    private final long[] sizes = new long[CAPACITY];
    private final long[] blocks = new long[CAPACITY];
    private final long[] rdevs = new long[CAPACITY];
    private final long[] times = new long[CAPACITY * 4];
    private final int[] nanos = new int[CAPACITY * 4];
    private List<ScanFailure> failures = List.of();

    /** Column of a time within a row: access, content change, inode change, birth. */
    public static final int ATIME = 0;

    public static final int MTIME = 1;
    public static final int CTIME = 2;
    public static final int BTIME = 3;

    /** Rows in use. */
    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == CAPACITY;
    }

    /** What could not be read, in no order. */
    public List<ScanFailure> failures() {
        return failures;
    }

    public void addFailure(ScanFailure failure) {
        if (failures.isEmpty()) {
            failures = new ArrayList<>();
        }
        failures.add(failure);
    }

    /**
     * Starts a row and returns its number; the caller then sets the columns. {@code name} is copied from {@code
     * source[from .. from + length)}.
     */
    public int addRow(Dir dir, byte[] source, int from, int length) {
        int row = size++;
        int start = row == 0 ? 0 : nameEnds[row - 1];
        if (start + length > names.length) {
            names = java.util.Arrays.copyOf(names, Math.max(names.length * 2, start + length));
        }
        System.arraycopy(source, from, names, start, length);
        nameEnds[row] = start + length;
        dirs[row] = dir;
        return row;
    }

    /**
     * Copies rows to the end of another batch, as many as fit there, and the failures with the last of them.
     *
     * @param from first row to copy
     * @return the row after the last one copied
     */
    public int copyTo(InodeBatch target, int from) {
        int n = Math.min(size - from, CAPACITY - target.size);
        copyRows(target, from, n);
        if (from + n == size) {
            failures.forEach(target::addFailure);
        }
        return from + n;
    }

    private void copyRows(InodeBatch target, int from, int n) {
        int at = target.size;
        int start = from == 0 ? 0 : nameEnds[from - 1];
        int length = n == 0 ? 0 : nameEnds[from + n - 1] - start;
        int targetStart = at == 0 ? 0 : target.nameEnds[at - 1];
        if (targetStart + length > target.names.length) {
            target.names =
                    java.util.Arrays.copyOf(target.names, Math.max(target.names.length * 2, targetStart + length));
        }
        System.arraycopy(names, start, target.names, targetStart, length);
        for (int i = 0; i < n; i++) {
            target.nameEnds[at + i] = nameEnds[from + i] - start + targetStart;
        }
        System.arraycopy(dirs, from, target.dirs, at, n);
        System.arraycopy(modes, from, target.modes, at, n);
        System.arraycopy(nlinks, from, target.nlinks, at, n);
        System.arraycopy(uids, from, target.uids, at, n);
        System.arraycopy(gids, from, target.gids, at, n);
        System.arraycopy(devices, from, target.devices, at, n);
        System.arraycopy(idHighs, from, target.idHighs, at, n);
        System.arraycopy(idLows, from, target.idLows, at, n);
        System.arraycopy(sizes, from, target.sizes, at, n);
        System.arraycopy(blocks, from, target.blocks, at, n);
        System.arraycopy(rdevs, from, target.rdevs, at, n);
        System.arraycopy(times, from * 4, target.times, at * 4, n * 4);
        System.arraycopy(nanos, from * 4, target.nanos, at * 4, n * 4);
        target.size += n;
    }

    /** A batch of the rows whose bit is set, in the same order, and of all failures. */
    public InodeBatch only(java.util.BitSet rows) {
        InodeBatch out = new InodeBatch();
        for (int from = rows.nextSetBit(0); from >= 0 && from < size; ) {
            int to = Math.min(rows.nextClearBit(from), size);
            copyRows(out, from, to - from);
            from = rows.nextSetBit(to);
        }
        failures.forEach(out::addFailure);
        return out;
    }

    /** Empties a batch that was never handed downstream, to be filled again. */
    public void clear() {
        java.util.Arrays.fill(dirs, 0, size, null);
        java.util.Arrays.fill(times, 0, size * 4, 0); // a birth time that is not told stays unset
        java.util.Arrays.fill(nanos, 0, size * 4, 0);
        size = 0;
        failures = List.of();
    }

    /** Sets identity and kind of a row. */
    public void identity(int row, long device, long idHigh, long idLow, int mode, int nlink, long rdev) {
        devices[row] = device;
        idHighs[row] = idHigh;
        idLows[row] = idLow;
        modes[row] = mode;
        nlinks[row] = nlink;
        rdevs[row] = rdev;
    }

    /** Sets owner and size of a row. */
    public void owner(int row, int uid, int gid, long sizeBytes, long blocks512) {
        uids[row] = uid;
        gids[row] = gid;
        sizes[row] = sizeBytes;
        blocks[row] = blocks512;
    }

    /** Sets one time of a row; {@code which} is {@link #ATIME} to {@link #BTIME}. */
    public void time(int row, int which, long seconds, int nanosecond) {
        times[row * 4 + which] = seconds;
        nanos[row * 4 + which] = nanosecond;
    }

    /** Appends a row with the attributes of {@code inode}. For drivers that are not in a hurry, and tests. */
    public void add(Dir dir, byte[] name, Inode inode) {
        int row = addRow(dir, name, 0, name.length);
        identity(
                row,
                inode.id().device(),
                inode.id().high(),
                inode.id().low(),
                inode.mode(),
                inode.nlink(),
                inode.rdev());
        owner(row, inode.uid(), inode.gid(), inode.sizeBytes(), inode.blocks512());
        time(row, ATIME, inode.atime().seconds(), inode.atime().nanos());
        time(row, MTIME, inode.mtime().seconds(), inode.mtime().nanos());
        time(row, CTIME, inode.ctime().seconds(), inode.ctime().nanos());
        time(row, BTIME, inode.btime().seconds(), inode.btime().nanos());
    }

    public Dir dir(int row) {
        return dirs[row];
    }

    /** The name of a row; empty for the root of the scan. A new array. */
    public byte[] name(int row) {
        return java.util.Arrays.copyOfRange(names, row == 0 ? 0 : nameEnds[row - 1], nameEnds[row]);
    }

    public RawPath path(int row) {
        return dirs[row].path(name(row));
    }

    public int mode(int row) {
        return modes[row];
    }

    public int nlink(int row) {
        return nlinks[row];
    }

    public long device(int row) {
        return devices[row];
    }

    public long idHigh(int row) {
        return idHighs[row];
    }

    public long idLow(int row) {
        return idLows[row];
    }

    public long sizeBytes(int row) {
        return sizes[row];
    }

    public long seconds(int row, int which) {
        return times[row * 4 + which];
    }

    public int nanos(int row, int which) {
        return nanos[row * 4 + which];
    }

    /** One row as an object. */
    public Inode inode(int row) {
        return new Inode(
                new InodeId(devices[row], idHighs[row], idLows[row]),
                modes[row],
                nlinks[row],
                uids[row],
                gids[row],
                sizes[row],
                blocks[row],
                rdevs[row],
                timestamp(row, ATIME),
                timestamp(row, MTIME),
                timestamp(row, CTIME),
                timestamp(row, BTIME));
    }

    private Timestamp timestamp(int row, int which) {
        return new Timestamp(times[row * 4 + which], nanos[row * 4 + which]);
    }

    /** One row as an entry without enrichment. */
    public Entry entry(int row) {
        return new Entry(dirs[row], name(row), inode(row), Attributes.NONE);
    }
}
