package io.stripeline.snapshot;

import io.stripeline.inode.FileType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Turns sorted rows into parts and the directory table. Holds one part at a time. Not thread-safe. */
final class PartWriter {
    static final int INLINE_ROWS = 1;
    static final int MORE = 2;
    static final int INCOMPLETE = 4;
    static final int LINKS = 8;
    static final int TROUBLES = 16;
    static final int INLINE_CONTENT = 32;
    static final int KNOWN_FLAGS = 63;

    /** Longer parts are blobs of their own. */
    private static final int INLINE_BYTES = 4096;

    private static final int MAX_ROWS = 65536;

    /** The name of no file: stands for "this directory could not be listed to its end". */
    static final byte[] INCOMPLETE_MARK = {0};

    /** Learns the identity of every directory that has a row. */
    interface Directories {
        void directory(int filesystem, long high, long low, byte[] key);
    }

    private final BlobSink blobs;
    private final boolean withContent;
    private final Directories directories;
    private final TableWriter table;
    private final RowColumns columns = new RowColumns();
    private final ContentColumn content;
    private final Cut cut = new Cut();
    private final Encoder rowsBlob = new Encoder(64 << 10);
    private byte[] key = new byte[0];
    private byte[] partKey = new byte[0];
    private long files;

    PartWriter(BlobSink blobs, boolean withContent, Directories directories) {
        this.blobs = blobs;
        this.withContent = withContent;
        this.directories = directories;
        this.table = new TableWriter(blobs);
        this.content = new ContentColumn(blobs);
    }

    /** Writes all rows. A row named {@link #INCOMPLETE_MARK} marks its directory instead. */
    void writeAll(RowRun rows) {
        boolean more = rows.next();
        while (more) {
            key = rows.key;
            more = writeDirectory(rows);
        }
    }

    private boolean writeDirectory(RowRun rows) {
        partKey = key;
        int marks = 0;
        boolean more = true;
        boolean ended = false;
        while (more && (rows.key == key || Arrays.equals(rows.key, key))) {
            if (rows.nameLength == 1 && rows.bytes[rows.nameStart] == 0) {
                marks = INCOMPLETE;
                more = rows.next();
                continue;
            }
            int weight = RowColumns.weight(rows);
            if (ended || cut.before(weight) || columns.rows() == MAX_ROWS) {
                finishPart(MORE | marks);
                partKey = Keys.part(key, rows.bytes, rows.nameStart, rows.nameLength);
            }
            add(rows);
            ended = cut.after(rows.bytes, rows.nameStart, rows.nameLength, weight);
            more = rows.next();
        }
        finishPart(marks);
        return more;
    }

    private void add(RowRun row) {
        columns.add(row);
        if (withContent) {
            content.add(row, columns.stateAt);
        }
        int type = columns.mode & FileType.MASK;
        if (type == FileType.REGULAR.bits()) {
            files += columns.sizeBytes;
        } else if (type == FileType.DIRECTORY.bits()) {
            byte[] name = Arrays.copyOfRange(row.bytes, row.nameStart, row.nameStart + row.nameLength);
            directories.directory(columns.filesystem, columns.high, columns.low, Keys.child(key, name));
        }
    }

    private void finishPart(int marks) {
        int flags = marks | (content.hasLinks ? LINKS : 0) | (content.hasTroubles ? TROUBLES : 0);
        int rows = columns.rows();
        rowsBlob.clear();
        columns.finish(rowsBlob);
        Encoder where = new Encoder(128);
        if (rowsBlob.size() <= INLINE_BYTES) {
            flags |= INLINE_ROWS;
            where.sized(rowsBlob);
        } else {
            where.put(blobs.put(BlobKind.META, rowsBlob.toBuffer()));
        }
        if (!withContent) {
            where.varint(0);
        } else if (content.finish(where, INLINE_BYTES)) {
            flags |= INLINE_CONTENT;
        }
        Encoder value = new Encoder(where.size() + 24)
                .varint(flags)
                .varint(rows)
                .varint(files)
                .put(where);
        table.add(partKey, value.toBytes());
        cut.reset();
        files = 0;
    }

    @Nullable
    TableRef finish() {
        return table.finish();
    }
}
