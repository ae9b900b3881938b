package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The content of one file while its packets come: into slabs, as they fill. Of one thread. */
final class RestoredContent implements AutoCloseable {
    private final PacketReader in;
    private final SlabPool.Ticket ticket;
    private final boolean holes;
    private final Consumer<Item> out;
    private @Nullable Slab filling;
    private long fillingAt;
    private long offset;

    /**
     * @param ticket closed with this
     * @param holes whether the plugin tells of holes; slabs of zeros are taken for some in any case
     * @param out takes what can go downstream
     */
    RestoredContent(PacketReader in, SlabPool.Ticket ticket, boolean holes, Consumer<Item> out) {
        this.in = in;
        this.ticket = ticket;
        this.holes = holes;
        this.out = out;
    }

    /** Reads one packet, or the next slab of a long one; false at the end of the content. */
    boolean step(Restored file) throws IOException, InterruptedException {
        if (in.left() > 0) {
            fill(file);
            return true;
        }
        Status status = in.next();
        if (status == Status.DATA && in.left() > 0) {
            fill(file);
        } else if (status == Status.EOD) {
            flush(file);
            return false;
        } else if (status == Status.COMMAND && holes) {
            flush(file);
            seek(file, new Packet(status, in.rest()));
        } else {
            throw new ProtocolException("Expected data of '" + RawPath.printable(file.wireName) + "' and got "
                    + (status == null ? "the end of the stream" : new Packet(status, in.rest())));
        }
        return true;
    }
    /** Moves bytes of the packet into a slab, which goes on when it is full. */
    private void fill(Restored file) throws IOException, InterruptedException {
        Slab slab = filling;
        if (slab == null) {
            slab = ticket.take();
            filling = slab;
            fillingAt = offset;
        }
        int before = slab.buffer().position();
        in.take(slab.buffer());
        offset += slab.buffer().position() - before;
        if (!slab.buffer().hasRemaining()) {
            flush(file);
        }
    }

    private void flush(Restored file) {
        Slab slab = filling;
        if (slab == null) {
            return;
        }
        filling = null;
        ByteBuffer bytes = slab.buffer().flip();
        int length = bytes.remaining();
        if (length == bytes.capacity() && isZero(bytes)) {
            slab.release(); // as good as a hole, and what a hole is on a volume whose plugin knew none
            put(file.piece(new Item.Hole(fillingAt, length), length));
        } else {
            put(file.piece(new Item.Data(fillingAt, slab), length));
        }
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int at = bytes.position(); at + Long.BYTES <= bytes.limit(); at += Long.BYTES) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private void seek(Restored file, Packet packet) {
        long to;
        try {
            to = Long.parseLong(new String(packet.after("X-SEEK:"), StandardCharsets.US_ASCII));
        } catch (NumberFormatException wrong) {
            throw new ProtocolException("Bad offset in " + packet);
        }
        if (to < offset) {
            throw new ProtocolException(
                    packet + " of '" + RawPath.printable(file.wireName) + "' goes back from " + offset);
        }
        if (to > offset) {
            put(file.piece(new Item.Hole(offset, to - offset), to - offset));
        }
        offset = to;
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
