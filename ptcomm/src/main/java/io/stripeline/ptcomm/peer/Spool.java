package io.stripeline.ptcomm.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where recorded data lie: records of an offset in their file and at most 64 KiB, in memory or in a file that is deleted
 * when it is closed. In the file a record is its offset (8 bytes), its length (4 bytes), its bytes.
 */
final class Spool implements AutoCloseable {
    /** What the daemon reads at once, which is one record of a volume. */
    static final int RECORD_BYTES = 64 << 10;

    private static final int HEADER_BYTES = 12;

    /** One record of a file. */
    interface Taker {
        void record(long offset, ByteBuffer data) throws IOException;
    }

    private record Piece(long offset, byte[] data) {}

    private final List<Piece> pieces = new ArrayList<>();
    private final @Nullable FileChannel file;
    private long written;

    private Spool(@Nullable FileChannel file) {
        this.file = file;
    }

    static Spool inMemory() {
        return new Spool(null);
    }

    static Spool at(Path path) throws IOException {
        return new Spool(FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    }

    /** Where the next record will be. */
    long mark() {
        return file == null ? pieces.size() : written;
    }

    /** Cuts as the daemon does: each record comes from one packet. The number of records. */
    int add(long offset, ByteBuffer data) throws IOException {
        int records = 0;
        while (data.hasRemaining()) {
            byte[] piece = new byte[Math.min(RECORD_BYTES, data.remaining())];
            data.get(piece);
            put(offset, piece);
            offset += piece.length;
            records++;
        }
        return records;
    }

    private void put(long offset, byte[] piece) throws IOException {
        if (file == null) {
            pieces.add(new Piece(offset, piece));
            return;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(offset).putInt(piece.length).flip();
        ByteBuffer[] both = {header, ByteBuffer.wrap(piece)};
        while (both[1].hasRemaining()) {
            written += file.write(both);
        }
    }

    /** Gives back so many records from a mark on. */
    void replay(long mark, long records, Taker taker) throws IOException {
        if (file == null) {
            for (Piece piece : pieces.subList((int) mark, (int) (mark + records))) {
                taker.record(piece.offset(), ByteBuffer.wrap(piece.data()));
            }
            return;
        }
        long at = mark;
        for (long i = 0; i < records; i++) {
            ByteBuffer header = read(file, at, HEADER_BYTES);
            long offset = header.getLong();
            int length = header.getInt();
            taker.record(offset, read(file, at + HEADER_BYTES, length));
            at += HEADER_BYTES + length;
        }
    }

    private static ByteBuffer read(FileChannel from, long at, int length) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(length);
        while (out.hasRemaining()) {
            if (from.read(out, at + out.position()) < 0) {
                throw new IOException("The spool file ends at " + (at + out.position()));
            }
        }
        return out.flip();
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
