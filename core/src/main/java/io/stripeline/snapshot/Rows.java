package io.stripeline.snapshot;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one part of a directory, decoded: what a snapshot knows of some names, in name order. Immutable and
 * thread-safe; columns are decoded, and contents read, on first use. Kept alive by whoever refers to one row of it.
 */
public final class Rows {
    private static final int MAX_ROWS = 65536;
    private static final int MAX_NAME_BYTES = 4 << 20;
    /** A bit for each value of the four type bits of a mode that stands for a kind of file. */
    private static final int KNOWN_TYPES = knownTypes();

    private final BlobSource blobs;
    private final ContentRows content;
    private final byte[] blob;
    private final int size;
    private byte[] names = new byte[0];
    private final int[] nameEnds;
    /** Where each column lies in the blob; decoded when one of its values is asked for the first time. */
    private final @Nullable Decoder[] parts = new Decoder[RowColumns.COLUMNS];

    private final AtomicReferenceArray<long @Nullable []> columns = new AtomicReferenceArray<>(RowColumns.COLUMNS);
    private int extraStart;
    private final int[] extraEnds;

    private Rows(byte[] blob, int size, ContentRows content, BlobSource blobs) {
        this.blob = blob;
        this.size = size;
        this.content = content;
        this.blobs = blobs;
        this.nameEnds = new int[size];
        this.extraEnds = new int[size];
    }

    /** Decodes the {@code D} in a range of an array that nobody changes any more. */
    static Rows decode(Decoder in, int expected, ContentRows content, BlobSource blobs) {
        in.header('D');
        int size = in.count(Math.min(MAX_ROWS, in.remaining()));
        if (size != expected) {
            throw in.broken(size + " rows where the table says " + expected);
        }
        Rows rows = new Rows(in.array(), size, content, blobs);
        int last = 0;
        while (in.hasMore()) {
            int tag = in.u8();
            if (tag <= last || tag >= RowColumns.COLUMNS) {
                throw in.broken("column " + tag + " after column " + last);
            }
            last = tag;
            rows.parts[tag] = in.part(in.length());
        }
        rows.decodeNames(rows.parts[RowColumns.NAME], rows.parts[RowColumns.NAME_BYTES], in);
        rows.checkModes(in);
        rows.decodeExtras(rows.parts[RowColumns.EXTRA], rows.parts[RowColumns.EXTRA_BYTES], in);
        return rows;
    }

    private static int knownTypes() {
        int bits = 0;
        for (FileType type : FileType.values()) {
            bits |= 1 << (type.bits() >> 12);
        }
        return bits;
    }

    private static boolean isDelta(int column) {
        return switch (column) {
            case RowColumns.MODE, RowColumns.UID, RowColumns.GID, RowColumns.MTIME, RowColumns.HIGH, RowColumns.LOW ->
                true;
            default -> false;
        };
    }

    private static long[] decode(Decoder in, int size, boolean delta, int column) {
        long[] out = new long[size];
        boolean zigzag = column >= RowColumns.CTIME && column <= RowColumns.ATIME_NANOS;
        long previous = 0;
        for (int i = 0; i < size; i++) {
            if (delta) {
                previous += in.zigzag();
                out[i] = previous;
            } else {
                out[i] = zigzag ? in.zigzag() : in.varint();
            }
        }
        in.end();
        return out;
    }

    private void checkModes(Decoder whole) {
        for (int row = 0; row < size; row++) {
            if ((KNOWN_TYPES >> ((mode(row) & FileType.MASK) >> 12) & 1) == 0) {
                throw whole.broken("mode 0" + Integer.toOctalString(mode(row)));
            }
        }
    }

    private void decodeNames(@Nullable Decoder lengths, @Nullable Decoder rests, Decoder whole) {
        if (size == 0) {
            return;
        }
        if (lengths == null) {
            throw whole.broken("no names");
        }
        Decoder bytes = rests == null ? new Decoder(blob, 0, 0) : rests;
        Encoder out = new Encoder(bytes.remaining() * 2 + 16);
        int start = 0;
        for (int i = 0; i < size; i++) {
            int shared = lengths.count(out.size() - start);
            int rest = lengths.count(bytes.remaining());
            if (out.size() + (long) shared + rest > MAX_NAME_BYTES) {
                throw whole.broken("names of more than " + MAX_NAME_BYTES + " bytes");
            }
            int next = out.size();
            out.put(Arrays.copyOfRange(out.array(), start, start + shared));
            out.put(blob, bytes.position(), rest);
            bytes.skip(rest);
            if (i > 0 && Arrays.compareUnsigned(out.array(), start, next, out.array(), next, out.size()) >= 0) {
                throw whole.broken("names out of order");
            }
            start = next;
            nameEnds[i] = out.size();
        }
        lengths.end();
        bytes.end();
        names = out.toBytes();
    }

    private void decodeExtras(@Nullable Decoder lengths, @Nullable Decoder bytes, Decoder whole) {
        if (lengths == null || bytes == null) {
            if (lengths != bytes) {
                throw whole.broken("extras without lengths");
            }
            return;
        }
        extraStart = bytes.position();
        int at = extraStart;
        for (int i = 0; i < size; i++) {
            at += lengths.count(bytes.remaining() - (at - extraStart));
            extraEnds[i] = at;
        }
        lengths.end();
        bytes.skip(at - extraStart);
        bytes.end();
    }

    /** Bytes of heap, about, with half of the columns decoded. */
    int weight() {
        return blob.length + names.length + 8 * size * (RowColumns.COLUMNS / 2 + 1) + 600;
    }

    /** Bytes of heap, about, that whoever refers to one row keeps: all columns, and the contents that were read so far. */
    public long weightBytes() {
        return blob.length + names.length + 8L * size * (RowColumns.COLUMNS + 1) + 600 + content.weightBytes();
    }

    public int size() {
        return size;
    }

    private long value(int column, int row) {
        Decoder part = parts[column];
        if (part == null) {
            return 0;
        }
        long[] values = columns.get(column);
        if (values == null) {
            values = decode(part.copy(), size, isDelta(column), column);
            columns.set(column, values);
        }
        return values[row];
    }

    private int nameStart(int row) {
        return row == 0 ? 0 : nameEnds[row - 1];
    }

    /** The row of this name; negative where there is none. */
    public int find(byte[] name) {
        int at = ceiling(name);
        return at < size && compareName(at, name) == 0 ? at : -1;
    }

    /** True where {@code name} stands between the first and the last row, or is one of them. */
    public boolean covers(byte[] name) {
        return size > 0 && compareName(0, name) <= 0 && compareName(size - 1, name) >= 0;
    }

    /** The first row whose name is not before {@code name}; {@link #size()} where there is none. */
    int ceiling(byte[] name) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compareName(middle, name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int compareName(int row, byte[] name) {
        return Arrays.compareUnsigned(names, nameStart(row), nameEnds[row], name, 0, name.length);
    }

    int compareName(int row, Rows other, int otherRow) {
        return Arrays.compareUnsigned(
                names, nameStart(row), nameEnds[row], other.names, other.nameStart(otherRow), other.nameEnds[otherRow]);
    }

    /** A new array. */
    public byte[] name(int row) {
        return Arrays.copyOfRange(names, nameStart(row), nameEnds[row]);
    }

    public int mode(int row) {
        return (int) value(RowColumns.MODE, row);
    }

    public boolean isDirectory(int row) {
        return (mode(row) & FileType.MASK) == FileType.DIRECTORY.bits();
    }

    public int nlink(int row) {
        return (int) value(RowColumns.NLINK, row);
    }

    public long sizeBytes(int row) {
        return value(RowColumns.SIZE, row);
    }

    /** Index into the root's filesystem ids. */
    public int filesystem(int row) {
        return (int) value(RowColumns.FILESYSTEM, row);
    }

    public long idHigh(int row) {
        return value(RowColumns.HIGH, row);
    }

    public long idLow(int row) {
        return value(RowColumns.LOW, row);
    }

    public long mtimeSeconds(int row) {
        return value(RowColumns.MTIME, row);
    }

    public int mtimeNanos(int row) {
        return (int) value(RowColumns.MTIME_NANOS, row);
    }

    public long ctimeSeconds(int row) {
        return mtimeSeconds(row) + value(RowColumns.CTIME, row);
    }

    public int ctimeNanos(int row) {
        return (int) (value(RowColumns.MTIME_NANOS, row) + value(RowColumns.CTIME_NANOS, row));
    }

    private Timestamp time(int row, int seconds, int nanos) {
        long n = value(RowColumns.MTIME_NANOS, row) + value(nanos, row);
        if (n < 0 || n > 999_999_999) {
            throw new FormatException("Damaged snapshot data: time with " + n + " nanoseconds");
        }
        return new Timestamp(value(RowColumns.MTIME, row) + value(seconds, row), (int) n);
    }

    /** All of statx(2); the device is {@link #filesystem}, atime is mtime where the snapshot kept none. */
    public Inode inode(int row) {
        return new Inode(
                new InodeId(filesystem(row), idHigh(row), idLow(row)),
                mode(row),
                nlink(row),
                (int) value(RowColumns.UID, row),
                (int) value(RowColumns.GID, row),
                sizeBytes(row),
                value(RowColumns.BLOCKS, row),
                value(RowColumns.RDEV, row),
                time(row, RowColumns.ATIME, RowColumns.ATIME_NANOS),
                mtime(row),
                time(row, RowColumns.CTIME, RowColumns.CTIME_NANOS),
                time(row, RowColumns.BTIME, RowColumns.BTIME_NANOS));
    }

    private Timestamp mtime(int row) {
        long n = value(RowColumns.MTIME_NANOS, row);
        if (n < 0 || n > 999_999_999) {
            throw new FormatException("Damaged snapshot data: time with " + n + " nanoseconds");
        }
        return new Timestamp(value(RowColumns.MTIME, row), (int) n);
    }

    /** What enrichment added; reads the blobs of long values. */
    public Attributes attributes(int row) {
        return Extra.decode(blob, extraFrom(row), extraTo(row), blobs);
    }

    byte[] extraArray() {
        return blob;
    }

    int extraFrom(int row) {
        return row == 0 ? extraStart : Math.max(extraStart, extraEnds[row - 1]);
    }

    int extraTo(int row) {
        return Math.max(extraStart, extraEnds[row]);
    }

    /** Adds the blobs that the row's attributes name. */
    public void attributeBlobs(int row, List<BlobId> out) {
        Extra.blobs(blob, extraFrom(row), extraTo(row), blobs, out);
    }

    boolean sameExtra(int row, Rows other, int otherRow) {
        return Arrays.equals(
                blob, extraFrom(row), extraTo(row), other.blob, other.extraFrom(otherRow), other.extraTo(otherRow));
    }

    /** True where the snapshot kept content, so that {@link #content} and {@link #state} mean something. */
    public boolean hasContent() {
        return content.isPresent();
    }

    /** What was kept of the file's bytes. */
    public Content content(int row) {
        return content.content(row);
    }

    /** How the row was recorded; ok and not settled where the snapshot kept no content. */
    public RowState state(int row) {
        return content.state(row);
    }
}
