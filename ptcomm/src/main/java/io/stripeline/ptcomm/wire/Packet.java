package io.stripeline.ptcomm.wire;

import io.stripeline.inode.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One packet as it was received.
 *
 * @param status what it is
 * @param payload 0 to {@link #MAX_PAYLOAD} bytes; the array belongs to whoever holds the packet
 */
public record Packet(Status status, byte[] payload) {
    /** Six decimal digits. */
    public static final int MAX_PAYLOAD = 999_999;

    /** Letter, six digits, newline. */
    public static final int HEADER_BYTES = 8;

    private static final int SHOWN = 80; // bytes of a payload that a message quotes

    /** The command without its final newline: at most one is stripped, since names may end in another. */
    public byte[] command() {
        int length = payload.length;
        return length > 0 && payload[length - 1] == '\n' ? Arrays.copyOf(payload, length - 1) : payload;
    }

    /** True where this is the command {@code keyword}, alone on its packet. */
    public boolean is(String keyword) {
        return status == Status.COMMAND && Arrays.equals(command(), keyword.getBytes(StandardCharsets.US_ASCII));
    }

    /** True where this is a command that starts with {@code prefix}, for example {@code FNAME:}. */
    public boolean startsWith(String prefix) {
        byte[] bytes = prefix.getBytes(StandardCharsets.US_ASCII);
        return status == Status.COMMAND
                && payload.length >= bytes.length
                && Arrays.equals(payload, 0, bytes.length, bytes, 0, bytes.length);
    }

    /** What follows {@code prefix} in a command that starts with it; raw bytes. */
    public byte[] after(String prefix) {
        if (!startsWith(prefix)) {
            throw new ProtocolException("Expected " + prefix + " and got " + this);
        }
        byte[] command = command();
        return Arrays.copyOfRange(command, Math.min(prefix.length(), command.length), command.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Packet
                && status == ((Packet) other).status
                && Arrays.equals(payload, ((Packet) other).payload);
    }

    @Override
    public int hashCode() {
        return status.hashCode() * 31 + Arrays.hashCode(payload);
    }

    /** For messages: the header, and the beginning of a command's text. Data is not quoted. */
    @Override
    public String toString() {
        String header = String.format("%c%06d", status.letter(), payload.length);
        if (!status.isText()) {
            return header;
        }
        String text = RawPath.printable(Arrays.copyOf(payload, Math.min(payload.length, SHOWN)));
        return header + " '" + text + (payload.length > SHOWN ? "...'" : "'");
    }
}
