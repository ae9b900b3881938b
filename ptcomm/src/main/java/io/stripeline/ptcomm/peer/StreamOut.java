package io.stripeline.ptcomm.peer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** A process's input as a channel: every write is passed on at once. */
final class StreamOut implements GatheringByteChannel {
    private static final int BUFFER_BYTES = 64 << 10;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private volatile boolean open = true;

    StreamOut(OutputStream out) {
        this.out = out;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long total = 0;
        int filled = 0;
        for (int i = offset; i < offset + length; i++) {
            while (sources[i].hasRemaining()) {
                int n = Math.min(buffer.length - filled, sources[i].remaining());
                sources[i].get(buffer, filled, n);
                filled += n;
                total += n;
                if (filled == buffer.length) {
                    out.write(buffer, 0, filled);
                    filled = 0;
                }
            }
        }
        out.write(buffer, 0, filled);
        out.flush();
        return total;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** What a process that is gone does not take any more is no failure of closing. */
    @Override
    public void close() {
        open = false;
        try {
            out.close();
        } catch (IOException gone) {
            return;
        }
    }
}
