package io.stripeline.dedup.cdc;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * FastCDC (Xia et al., USENIX ATC 2016) with a 64-bit gear hash, over a stream that comes in pieces of any size. Every byte
 * is looked at once; bytes below the minimum length are not hashed. The format page says exactly where cuts are.
 *
 * <p>Holds one buffer of twice the maximum length. Used by one thread at a time; reused from file to file.
 */
public final class Chunker {
    private final ChunkSizes sizes;
    private final long[] gear;
    private final long rare;
    private final long frequent;
    private final byte[] buffer;
    private int start;
    private int scanned;
    private int end;
    private long fingerprint;

    public Chunker(ChunkSizes sizes, Gear gear) {
        this.sizes = sizes;
        this.gear = gear.table;
        this.rare = sizes.rareMask();
        this.frequent = sizes.frequentMask();
        this.buffer = new byte[2 * sizes.maxBytes()];
    }

    /**
     * Takes the bytes between position and limit (the position moves to the limit) and gives every chunk that is
     * complete to {@code chunks}. The buffer given is valid during the call only.
     */
    public void feed(ByteBuffer bytes, Consumer<ByteBuffer> chunks) {
        while (bytes.hasRemaining()) {
            if (end == buffer.length) {
                compact();
            }
            int n = Math.min(bytes.remaining(), buffer.length - end);
            bytes.get(buffer, end, n);
            end += n;
            cut(chunks);
        }
    }

    /** Gives the last chunk, if there is one, and is ready for another stream. */
    public void finish(Consumer<ByteBuffer> chunks) {
        if (end > start) {
            chunks.accept(ByteBuffer.wrap(buffer, start, end - start));
        }
        reset();
    }

    /** Forgets a stream that failed. */
    public void reset() {
        start = 0;
        scanned = 0;
        end = 0;
        fingerprint = 0;
    }

    private void compact() {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        scanned -= start;
        end -= start;
        start = 0;
    }

    private void cut(Consumer<ByteBuffer> chunks) {
        while (scan()) {
            int from = start;
            start = scanned;
            fingerprint = 0;
            chunks.accept(ByteBuffer.wrap(buffer, from, start - from));
        }
        if (start == end) {
            start = 0;
            scanned = 0;
            end = 0;
        }
    }

    /** Goes on from {@link #scanned}; true where that is a cut now. */
    private boolean scan() {
        int at = Math.max(scanned, Math.min(start + sizes.minBytes(), end));
        int normal = Math.min(start + sizes.averageBytes(), end);
        int last = Math.min(start + sizes.maxBytes(), end);
        byte[] bytes = buffer;
        long[] table = gear;
        long fp = fingerprint;
        long mask = rare;
        for (; at < normal; at++) {
            fp = (fp << 1) + table[bytes[at] & 0xFF];
            if ((fp & mask) == 0) {
                scanned = at + 1;
                return true;
            }
        }
        mask = frequent;
        for (; at < last; at++) {
            fp = (fp << 1) + table[bytes[at] & 0xFF];
            if ((fp & mask) == 0) {
                scanned = at + 1;
                return true;
            }
        }
        scanned = at;
        fingerprint = fp;
        return at - start == sizes.maxBytes();
    }
}
