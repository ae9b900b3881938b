package io.stripeline.change;

import io.stripeline.spill.InodeTable;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;

/**
 * The merged changes of a run, in a file without a name: records of four bytes length and a {@link ChangeCode}. First
 * filled by one thread, then read by any number.
 */
final class Spool implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final FileChannel file;
    private final DataOutputStream out;
    private final AtomicBoolean stopped;
    private long end;

    private Spool(FileChannel file, AtomicBoolean stopped) {
        this.file = file;
        this.stopped = stopped;
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), BUFFER_BYTES));
    }

    /** @param stopped once it is set, reading ends without a word: nobody listens any more */
    static Spool open(Path directory, AtomicBoolean stopped) throws IOException {
        return new Spool(InodeTable.unnamed(directory), stopped);
    }

    /** Appends a change and tells where it lies. */
    long append(byte[] code) {
        try {
            long at = end;
            out.writeInt(code.length);
            out.write(code);
            end += 4 + code.length;
            return at;
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be written to a temporary file", failed);
        }
    }

    /** Nothing more will come. */
    void finish() {
        try {
            out.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be written to a temporary file", failed);
        }
    }

    Change read(long at) {
        ByteBuffer length = fill(at, ByteBuffer.allocate(4));
        return ChangeCode.decode(
                fill(at + 4, ByteBuffer.allocate(length.getInt(0))).array());
    }

    private ByteBuffer fill(long at, ByteBuffer target) {
        try {
            while (target.hasRemaining()) {
                if (file.read(target, at + target.position()) < 0) {
                    throw new EOFException("temporary file ends at " + (at + target.position()));
                }
            }
            return target;
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be read back from a temporary file", failed);
        }
    }

    /** All of them in order, {@code some} at a time, read as they are asked for. */
    Flux<List<Change>> changes(int some) {
        return Flux.generate(Reading::new, (reading, sink) -> {
            List<Change> next = reading.next(some);
            if (next.isEmpty()) {
                sink.complete();
            } else {
                sink.next(next);
            }
            return reading;
        });
    }

    private final class Reading {
        private long at;
        private final DataInputStream in = new DataInputStream(new BufferedInputStream(
                new java.io.InputStream() {
                    private long from;

                    @Override
                    public int read() {
                        throw new UnsupportedOperationException("only blocks are read");
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        int n = file.read(ByteBuffer.wrap(bytes, offset, length), from);
                        from += Math.max(n, 0);
                        return n;
                    }
                },
                BUFFER_BYTES));

        List<Change> next(int some) {
            List<Change> out = new ArrayList<>(some);
            try {
                while (out.size() < some && at < end) {
                    byte[] code = new byte[in.readInt()];
                    in.readFully(code);
                    at += 4 + code.length;
                    out.add(ChangeCode.decode(code));
                }
            } catch (IOException failed) {
                if (!stopped.get()) {
                    throw new UncheckedIOException("Changes cannot be read back from a temporary file", failed);
                }
                out.clear();
            }
            return out;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
