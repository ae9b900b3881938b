package io.stripeline.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A sorted run in a temporary file: per row {@code varint length of the key or 0 for "as before" plus 1, key, varint
 * length, row}. The file's name is removed at once, so a crash leaves nothing behind. A run may be read several times,
 * by one reader at a time.
 */
final class FileRun implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final FileChannel file;
    private final long length;

    private FileRun(FileChannel file, long length) {
        this.file = file;
        this.length = length;
    }

    /** Writes all rows that {@code rows} still gives. */
    static FileRun write(Path directory, RowRun rows) {
        FileChannel file = null;
        try {
            Path path = Files.createTempFile(directory, "rows", ".run");
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(path);
            FileRun run = new FileRun(file, copy(rows, file));
            file = null;
            return run;
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "Cannot write sorted rows to " + directory + ": " + failed.getMessage()
                            + "; make room there or choose another directory for temporary files",
                    failed);
        } finally {
            closeQuietly(file);
        }
    }

    private static long copy(RowRun rows, FileChannel file) throws IOException {
        Encoder out = new Encoder(BUFFER_BYTES * 2);
        byte[] key = null;
        long written = 0;
        while (rows.next()) {
            if (key == rows.key || (key != null && Arrays.equals(key, rows.key))) {
                out.varint(0);
            } else {
                key = rows.key;
                out.varint(key.length + 1L).put(key);
            }
            out.varint(rows.end - rows.start).put(rows.bytes, rows.start, rows.end - rows.start);
            if (out.size() >= BUFFER_BYTES) {
                written += flush(out, file);
            }
        }
        return written + flush(out, file);
    }

    private static long flush(Encoder out, FileChannel file) throws IOException {
        ByteBuffer bytes = out.toBuffer();
        long size = out.size();
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        out.clear();
        return size;
    }

    private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException alreadyFailed) {
                throw new UncheckedIOException(alreadyFailed);
            }
        }
    }

    RowRun rows() {
        return new Reader();
    }

    @Override
    public void close() {
        closeQuietly(file);
    }

    private final class Reader extends RowRun {
        private byte[] buffer = new byte[BUFFER_BYTES];
        private int at;
        private int limit;
        private long offset;

        @Override
        boolean next() {
            if (!fill(10)) {
                return false;
            }
            int keyCode = (int) varint();
            if (keyCode > 0) {
                fill(keyCode - 1);
                key = Arrays.copyOfRange(buffer, at, at + keyCode - 1);
                at += keyCode - 1;
                fill(10);
            }
            int size = (int) varint();
            fill(size);
            bytes = buffer;
            start = at;
            end = at + size;
            at = end;
            locateName();
            return true;
        }

        private long varint() {
            Decoder in = new Decoder(buffer, at, limit);
            long value = in.varint();
            at = in.position();
            return value;
        }

        /** Makes {@code wanted} bytes available if the file has them; false at the end of the file. */
        private boolean fill(int wanted) {
            if (limit - at >= wanted) {
                return true;
            }
            if (wanted > buffer.length) {
                buffer = Arrays.copyOf(buffer, wanted + BUFFER_BYTES);
            }
            System.arraycopy(buffer, at, buffer, 0, limit - at);
            limit -= at;
            at = 0;
            try {
                while (limit < buffer.length && offset < length) {
                    int n = file.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit), offset);
                    if (n <= 0) {
                        throw new IOException("temporary file ends at " + offset + " of " + length);
                    }
                    limit += n;
                    offset += n;
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            return limit > 0;
        }
    }
}
