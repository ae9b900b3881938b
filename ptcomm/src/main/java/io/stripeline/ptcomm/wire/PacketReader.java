package io.stripeline.ptcomm.wire;

import io.stripeline.inode.RawPath;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads packets from a pipe.
 *
 * <p>Strict: a header is {@code [A-Z][0-9]{6}\n} with a known letter, EOD and TERMINATE have length zero. Packets may
 * arrive in any fragmentation. One thread at a time; blocks. Holds one read-ahead buffer of {@link #BUFFER_BYTES} and
 * allocates each payload only after its header was understood, so at most {@link Packet#MAX_PAYLOAD} bytes per packet.
 */
public final class PacketReader implements Payload {
    /** The default size of a pipe: one read takes all that is there. */
    static final int BUFFER_BYTES = 64 << 10;

    /** The Director refuses a plugin string of 10 kB; a block beyond this is no block of a real peer. */
    private static final long MAX_BLOCK_BYTES = 4 << 20;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private long packets;
    private int left;

    public PacketReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * The next packet, or null at the end of the stream between two packets.
     *
     * @throws ProtocolException on a bad header
     * @throws EOFException where the stream ends inside a packet
     */
    public @Nullable Packet read() throws IOException {
        Status status = next();
        return status == null ? null : new Packet(status, rest());
    }

    /**
     * Reads the header of the next packet; null at the end of the stream between two packets. Its payload, {@link
     * #left()} bytes, is the caller's to {@link #take}, before anything else is read.
     */
    public @Nullable Status next() throws IOException {
        if (left > 0) {
            throw new IllegalStateException(left + " bytes of packet " + packets + " were not taken");
        }
        if (!fill(1)) {
            return null;
        }
        if (!fill(Packet.HEADER_BYTES)) {
            throw new EOFException("The stream ends inside the header of packet " + (packets + 1));
        }
        Status status = Status.of(buffer.get());
        int length = 0;
        boolean digits = true;
        for (int i = 0; i < 6; i++) {
            int digit = buffer.get() - '0';
            digits &= digit >= 0 && digit <= 9;
            length = length * 10 + digit;
        }
        boolean newline = buffer.get() == '\n';
        if (status == null || !digits || !newline) {
            throw badHeader("a status letter, six digits and a newline");
        }
        if (status.isEmpty() && length != 0) {
            throw badHeader("length 000000");
        }
        packets++;
        left = length;
        return status;
    }

    /** Bytes of the current payload that were not taken yet. */
    @Override
    public int left() {
        return left;
    }

    /** Moves bytes of the current payload to {@code target}, as many as it has and there is room for. */
    @Override
    public void take(ByteBuffer target) throws IOException {
        int wanted = Math.min(left, target.remaining());
        ByteBuffer window = target.duplicate().limit(target.position() + wanted);
        int buffered = Math.min(wanted, buffer.remaining());
        window.put(buffer.duplicate().limit(buffer.position() + buffered));
        buffer.position(buffer.position() + buffered);
        int rest = left - wanted;
        left = 0; // whatever fails from here on is the end of the stream
        while (window.hasRemaining()) {
            if (channel.read(window) < 0) {
                throw new EOFException("The stream ends inside the payload of packet " + packets + ", "
                        + window.remaining() + " bytes are missing");
            }
        }
        left = rest;
        target.position(target.position() + wanted);
    }

    /**
     * Reads to the end of the stream and throws it away. Nothing is read as packets afterwards; another thread may be
     * inside of a packet.
     */
    public void drain() throws IOException {
        ByteBuffer unread = ByteBuffer.allocateDirect(BUFFER_BYTES);
        int bytes;
        do {
            bytes = channel.read(unread.clear());
        } while (bytes >= 0);
    }

    /** Packets read so far. */
    public long packets() {
        return packets;
    }

    private ProtocolException badHeader(String expected) {
        byte[] header = new byte[Packet.HEADER_BYTES];
        buffer.get(buffer.position() - Packet.HEADER_BYTES, header);
        return new ProtocolException("Packet " + (packets + 1) + " has the header '" + RawPath.printable(header)
                + "'; expected " + expected);
    }

    /** Makes at least {@code bytes} available in the buffer; false at the end of the stream. */
    private boolean fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return true;
        }
        buffer.compact();
        try {
            while (buffer.position() < bytes) {
                if (channel.read(buffer) < 0) {
                    return false;
                }
            }
            return true;
        } finally {
            buffer.flip();
        }
    }

    /** The next packet; the end of the stream is an error that says what was waited for. */
    public Packet expect(String what) throws IOException {
        Packet packet = read();
        if (packet == null) {
            throw new EOFException("The stream ended where " + what + " was expected");
        }
        return packet;
    }

    /** All commands of a block up to its EOD, each without its newline. */
    public List<byte[]> block(String name) throws IOException {
        List<byte[]> commands = new ArrayList<>();
        long bytes = 0;
        for (Packet packet = expect(name); packet.status() != Status.EOD; packet = expect(name)) {
            if (packet.status() != Status.COMMAND) {
                throw new ProtocolException("Expected a command of the " + name + " block and got " + packet);
            }
            bytes += packet.payload().length + 16L;
            if (bytes > MAX_BLOCK_BYTES) {
                throw new ProtocolException("The " + name + " block is longer than " + MAX_BLOCK_BYTES + " bytes");
            }
            commands.add(packet.command());
        }
        return commands;
    }
}
