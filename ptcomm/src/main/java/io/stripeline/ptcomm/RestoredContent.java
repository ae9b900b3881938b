package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.Payload;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file while it comes: into slabs, as they fill. Blocks of zeros are taken for holes, since
 * that is what a hole is on a volume whose plugin knew none. Of one thread.
 */
final class RestoredContent implements AutoCloseable {
    /** Length and alignment of a block of zeros: what Bacula looks at when it saves sparse files. */
    private static final int ZERO_BLOCK_BYTES = 64 << 10;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(ZERO_BLOCK_BYTES);

    private final Restored file;
    private final SlabPool.Ticket ticket;
    private final int blockBytes;
    private final Consumer<Item> out;
    private @Nullable Slab filling;
    private long fillingAt;
    private long offset;
    private long holeAt;
    private long holeBytes;

    /** @param out takes what can go downstream */
    RestoredContent(Restored file, SlabPool slabs, Consumer<Item> out) {
        this.file = file;
        this.ticket = slabs.ticket();
        this.blockBytes = Math.min(ZERO_BLOCK_BYTES, slabs.slabBytes());
        this.out = out;
    }

    /** Moves bytes into a slab, up to the next border of a block; a full slab goes on. Waits for memory. */
    void fill(Payload in) throws IOException, InterruptedException {
        if (offset > Long.MAX_VALUE - in.left()) {
            throw new ProtocolException("Content of '" + RawPath.printable(file.wireName) + "' at " + offset
                    + " is beyond the end of any file");
        }
        Slab slab = filling;
        if (slab == null) {
            slab = ticket.take();
            filling = slab;
            fillingAt = offset;
        }
        ByteBuffer bytes = slab.buffer();
        int before = bytes.position();
        int toBorder = (int) (blockBytes - offset % blockBytes);
        bytes.limit(Math.min(bytes.capacity(), before + toBorder));
        in.take(bytes);
        bytes.limit(bytes.capacity());
        offset += bytes.position() - before;
        if (offset % blockBytes == 0 && endsInZeros(bytes)) {
            bytes.position(bytes.position() - blockBytes);
            flush();
            hole(offset - blockBytes, blockBytes);
        } else if (!bytes.hasRemaining()) {
            flush();
        }
    }

    private boolean endsInZeros(ByteBuffer bytes) {
        int from = bytes.position() - blockBytes;
        return from >= 0
                && bytes.get(from) == 0
                && bytes.slice(from, blockBytes).mismatch(ZEROS.slice(0, blockBytes)) < 0;
    }

    /** Sends on what is in the slab, behind the hole in front of it. */
    private void flush() {
        Slab slab = filling;
        if (slab == null) {
            return;
        }
        filling = null;
        ByteBuffer bytes = slab.buffer().flip();
        if (!bytes.hasRemaining()) {
            slab.release();
            return;
        }
        flushHole();
        put(file.piece(new Item.Data(fillingAt, slab), bytes.remaining()));
    }

    private void flushHole() {
        if (holeBytes > 0) {
            long length = holeBytes;
            holeBytes = 0;
            put(file.piece(new Item.Hole(holeAt, length), length));
        }
    }

    /** Makes a hole, or the one before it longer; nothing is in a slab. */
    private void hole(long at, long length) {
        if (holeBytes == 0) {
            holeAt = at;
        }
        holeBytes += length;
    }

    /** The content goes on there, behind a hole. */
    void seek(long to) {
        flush();
        if (to < offset) {
            throw new ProtocolException(
                    "Content of '" + RawPath.printable(file.wireName) + "' goes back from " + offset + " to " + to);
        }
        hole(offset, to - offset);
        offset = to;
    }

    /** All of it came. */
    void end() {
        flush();
        flushHole();
    }

    private void put(Iterable<Item> items) {
        items.forEach(out);
    }

    /** Gives back what is held. */
    @Override
    public void close() {
        if (filling != null) {
            filling.release();
            filling = null;
        }
        ticket.close();
    }
}
