package io.stripeline.ptcomm.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes packets to a pipe.
 *
 * <p>Small packets are gathered until {@link #BUFFER_BYTES} are there or {@link #flush()} is called: a small file is
 * half a dozen packets, and one write(2) for each would cost more than the file. Data of {@link #DIRECT_BYTES} or more is
 * passed to the channel where it lies, behind what was gathered. One thread at a time; blocks while the pipe is full.
 *
 * <p>Records are gathered into one batch packet, in place: whatever else is written, or a flush, ends it.
 */
public final class PacketWriter {
    /** What one read of the peer's default pipe can take. */
    static final int BUFFER_BYTES = 64 << 10;

    /** Below this, copying is cheaper than another element of a gathering write. */
    static final int DIRECT_BYTES = 16 << 10;

    private final GatheringByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** Where in the buffer the header of the batch will be that is being gathered; negative for none. */
    private int batch = NONE;

    private static final int NONE = -1;

    /** Most of a record's body behind its header: what is left of a packet, and eight bytes of offset. */
    public static final int MAX_BODY = Packet.MAX_PAYLOAD - BatchRecord.HEADER_BYTES - Long.BYTES;

    /** Most of a body that is put into the buffer by the caller. */
    public static final int MAX_GATHERED_BODY = BUFFER_BYTES - Packet.HEADER_BYTES - BatchRecord.HEADER_BYTES;

    public PacketWriter(GatheringByteChannel channel) {
        this.channel = channel;
    }

    /** A command or message; one newline is added. Throws {@link IllegalArgumentException} on what cannot be sent. */
    public void text(Status status, byte[] text) throws IOException {
        text(status, text, text.length);
    }

    /** A command; one newline is added. */
    public void command(Text text) throws IOException {
        text(Status.COMMAND, text.array(), text.length());
    }

    private void text(Status status, byte[] text, int length) throws IOException {
        if (!status.isText()) {
            throw new IllegalArgumentException(status + " does not carry text");
        }
        if (length + 1 > Packet.MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "A text of " + length + " bytes does not fit into a packet of " + Packet.MAX_PAYLOAD);
        }
        for (int i = 0; i < length; i++) {
            if (text[i] == 0) {
                throw new IllegalArgumentException("A command cannot hold a NUL byte");
            }
        }
        header(status, length + 1);
        bytes(text, length);
        room(1);
        buffer.put((byte) '\n');
    }

    /** A command, ASCII or UTF-8. */
    public void command(String text) throws IOException {
        text(Status.COMMAND, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A command of a keyword and raw bytes, for example {@code FNAME:} and a name. */
    public void command(String keyword, byte[] value) throws IOException {
        byte[] key = keyword.getBytes(StandardCharsets.US_ASCII);
        byte[] text = java.util.Arrays.copyOf(key, key.length + value.length);
        System.arraycopy(value, 0, text, key.length, value.length);
        text(Status.COMMAND, text);
    }

    /** The bytes between position and limit as one data packet; the position is moved to the limit. */
    public void data(ByteBuffer data) throws IOException {
        payload(Status.DATA, data);
    }

    /** A payload of any bytes, at least one. */
    public void payload(Status status, ByteBuffer data) throws IOException {
        int length = data.remaining();
        if (length < 1 || length > Packet.MAX_PAYLOAD || status.isText() || status.isEmpty()) {
            throw new IllegalArgumentException(
                    "A " + status + " packet of " + length + " bytes: 1 to " + Packet.MAX_PAYLOAD + " can be sent");
        }
        header(status, length);
        if (length < DIRECT_BYTES) {
            room(length);
            buffer.put(data);
            return;
        }
        writeBehind(data);
    }

    private void writeBehind(ByteBuffer data) throws IOException {
        buffer.flip();
        ByteBuffer[] both = {buffer, data};
        while (data.hasRemaining()) {
            channel.write(both);
        }
        buffer.clear();
    }

    /**
     * Begins a record of a batch whose body the caller puts into the buffer that is returned, at once, and exactly: big
     * endian, at its position.
     *
     * @param length 0 to {@link #MAX_GATHERED_BODY}
     */
    public ByteBuffer record(RecordType type, int length) throws IOException {
        if (length < 0 || length > MAX_GATHERED_BODY) {
            throw new IllegalArgumentException(
                    "A body of " + length + " bytes; " + MAX_GATHERED_BODY + " can be gathered");
        }
        openBatch(BatchRecord.HEADER_BYTES + length, 0);
        recordHeader(type, (byte) 0, length);
        return buffer;
    }

    /** A record of these bytes, 1 to {@link #MAX_BODY}; the position is moved to the limit. */
    public void record(RecordType type, ByteBuffer body) throws IOException {
        record(type, NONE, body);
    }

    /** A DATA record with its place in the file. */
    public void dataAt(long offset, ByteBuffer body) throws IOException {
        record(RecordType.DATA, offset, body);
    }

    private void record(RecordType type, long offset, ByteBuffer body) throws IOException {
        int length = body.remaining();
        if (length < 1 || length > MAX_BODY) {
            throw new IllegalArgumentException("A record " + type + " of " + length + " bytes: 1 to " + MAX_BODY);
        }
        boolean copied = length < DIRECT_BYTES;
        int front = BatchRecord.HEADER_BYTES + (offset >= 0 ? Long.BYTES : 0);
        openBatch(copied ? front + length : front, copied ? 0 : length);
        if (offset >= 0) {
            recordHeader(type, BatchRecord.WITH_OFFSET, Long.BYTES + length);
            buffer.putLong(offset);
        } else {
            recordHeader(type, (byte) 0, length);
        }
        if (copied) {
            buffer.put(body);
        } else {
            endBatch(length);
            writeBehind(body);
        }
    }

    /** Room for so many bytes in the buffer and so many behind it, in a packet that holds both. */
    private void openBatch(int gathered, int behind) throws IOException {
        if (batch >= 0
                && (buffer.remaining() < gathered
                        || buffer.position() - batch - Packet.HEADER_BYTES + gathered + behind > Packet.MAX_PAYLOAD)) {
            flush();
        }
        if (batch < 0) {
            room(Packet.HEADER_BYTES + gathered);
            batch = buffer.position();
            buffer.position(batch + Packet.HEADER_BYTES);
        }
    }

    private void recordHeader(RecordType type, byte flags, int length) {
        buffer.put(type.code()).put(flags).putShort((short) 0).putInt(length);
    }

    /** Writes the header of the batch that was gathered, and of so many bytes that follow the buffer. */
    private void endBatch(int behind) {
        if (batch >= 0) {
            int end = buffer.position();
            buffer.position(batch);
            batch = NONE;
            putHeader(Status.BATCH, end - buffer.position() - Packet.HEADER_BYTES + behind);
            buffer.position(end);
        }
    }

    /** End of a block, or acknowledgement. */
    public void eod() throws IOException {
        header(Status.EOD, 0);
    }

    /** Last packet of a plugin. */
    public void terminate() throws IOException {
        header(Status.TERMINATE, 0);
    }

    /** Hands everything to the channel. Call it before waiting for an answer. */
    public void flush() throws IOException {
        endBatch(0);
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private void header(Status status, int length) throws IOException {
        endBatch(0);
        room(Packet.HEADER_BYTES);
        putHeader(status, length);
    }

    private void putHeader(Status status, int length) {
        buffer.put(status.letter());
        for (int unit = 100_000; unit > 0; unit /= 10) {
            buffer.put((byte) ('0' + length / unit % 10));
        }
        buffer.put((byte) '\n');
    }

    private void bytes(byte[] source, int length) throws IOException {
        for (int at = 0; at < length; ) {
            room(1);
            int n = Math.min(length - at, buffer.remaining());
            buffer.put(source, at, n);
            at += n;
        }
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }
}
