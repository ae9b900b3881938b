package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.inode.RawPath;
import io.stripeline.spill.InodeTable;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/** Writes what a {@link SourceRecord} reads. Of one thread at a time; memory is a buffer, whatever the number of paths. */
final class SourceWriter implements AutoCloseable {
    private static final int PIECE_BYTES = 64 << 10;

    private final Path target;
    private final FileChannel body;
    private final DataOutputStream out;
    private final ByteArrayOutputStream trees = new ByteArrayOutputStream();
    private int treeCount;
    private long pathCount;

    SourceWriter(Path target, Path spill) throws IOException {
        this.target = target;
        this.body = InodeTable.unnamed(spill);
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(body), PIECE_BYTES));
    }

    /** @param turn in which the cursor was asked for */
    void tree(RawPath root, FileSystemId id, Cursor cursor, long turn) throws IOException {
        DataOutputStream to = new DataOutputStream(trees);
        to.writeLong(turn);
        put(to, root.toBytes());
        put(to, id.toBytes());
        put(to, cursor.toBytes());
        treeCount++;
    }

    void again(RawPath path) throws IOException {
        put(out, path.toBytes());
        pathCount++;
    }

    private static void put(DataOutputStream to, byte[] bytes) throws IOException {
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    /** The record without paths to try again. */
    ByteBuffer withoutPaths() {
        byte[] known = trees.toByteArray();
        ByteBuffer out = ByteBuffer.allocate(SourceRecord.HEADER_BYTES + known.length + 4);
        out.put(header(0)).put(known);
        CRC32C crc = new CRC32C();
        crc.update(out.duplicate().flip());
        return out.putInt((int) crc.getValue()).flip();
    }

    private ByteBuffer header(long paths) {
        return ByteBuffer.allocate(SourceRecord.HEADER_BYTES)
                .put(SourceRecord.MAGIC)
                .putInt(SourceRecord.VERSION)
                .putInt(treeCount)
                .putLong(paths)
                .flip();
    }

    /** Durable, but for the directory. */
    void commit() throws IOException {
        out.flush();
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel file = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            CRC32C crc = new CRC32C();
            write(file, crc, header(pathCount));
            write(file, crc, ByteBuffer.wrap(trees.toByteArray()));
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            for (long at = 0; at < body.size(); at += piece.limit()) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, body.size() - at));
                InodeTable.load(body, at, piece.slice());
                write(file, crc, piece);
            }
            write(file, crc, ByteBuffer.allocate(4).putInt((int) crc.getValue()).flip());
            file.force(true);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void write(FileChannel file, CRC32C crc, ByteBuffer bytes) throws IOException {
        crc.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
        Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + ".tmp"));
    }
}
