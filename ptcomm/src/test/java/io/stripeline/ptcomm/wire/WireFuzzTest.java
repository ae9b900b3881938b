package io.stripeline.ptcomm.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.AllocationBound;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The wire codec against any bytes. Without more, the seeds below and the inputs in the resources of the same name are
 * run; {@code CONTRIBUTING.md} says how to fuzz.
 */
class WireFuzzTest {
    private static final AllocationBound BOUND = new AllocationBound(64 << 10, 64);

    /** A payload is allocated when its header was read, before it is known to be there. */
    private static final AllocationBound PACKET_BOUND = new AllocationBound(Packet.MAX_PAYLOAD + (64 << 10), 64);

    /** Bytes in fragments whose lengths the bytes themselves choose. */
    private record Fragments(ByteBuffer bytes) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer target) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int most = 1 + (bytes.get(bytes.position()) & 15);
            ByteBuffer some =
                    bytes.slice(bytes.position(), Math.min(bytes.remaining(), Math.min(most, target.remaining())));
            bytes.position(bytes.position() + some.remaining());
            int read = some.remaining();
            target.put(some);
            return read;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static PacketReader reader(byte[] stream) {
        return new PacketReader(new Fragments(ByteBuffer.wrap(stream)));
    }

    static Stream<byte[]> packetStreams() {
        return seeds(
                "C000018\nHello stripeline 3F000000\n",
                "C000004\nJob\nC000007\nType=B\nF000000\nT000000\n",
                "D000003\nabcI000002\nxF000000\n",
                "D999999\nabc",
                "F000001\nx",
                "B000001\n\0",
                "Z000000\n",
                "C-00005\n",
                "C00");
    }

    /** What is read is exactly what came, packet by packet; else it is refused. */
    @MethodSource("packetStreams")
    @FuzzTest(maxDuration = "60s")
    void packets(byte[] stream) throws Exception {
        PACKET_BOUND.assertHolds(stream.length, () -> {
            PacketReader reader = reader(stream);
            while (reader.read() != null) {}
            return reader;
        });
        PacketReader reader = reader(stream);
        int at = 0;
        try {
            for (Packet packet = reader.read(); packet != null; packet = reader.read()) {
                byte[] payload = packet.payload();
                byte[] header = String.format("%c%06d\n", packet.status().letter(), payload.length)
                        .getBytes(StandardCharsets.US_ASCII);
                assertThat(Arrays.copyOfRange(stream, at, at + 8)).isEqualTo(header);
                assertThat(Arrays.copyOfRange(stream, at + 8, at + 8 + payload.length))
                        .isEqualTo(payload);
                at += 8 + payload.length;
                assertThat(packet.toString()).isNotEmpty();
                assertThat(packet.command().length).isBetween(payload.length - 1, payload.length);
            }
            assertThat(at).isEqualTo(stream.length);
        } catch (ProtocolException | EOFException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    @MethodSource("packetStreams")
    @FuzzTest(maxDuration = "60s")
    void blocks(byte[] stream) throws Exception {
        PACKET_BOUND.assertHolds(stream.length, () -> {
            PacketReader reader = reader(stream);
            while (true) {
                reader.block("any");
            }
        });
        PacketReader reader = reader(stream);
        try {
            while (true) {
                reader.block("any")
                        .forEach(command -> assertThat(command.length).isLessThan(stream.length));
            }
        } catch (ProtocolException | EOFException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    static Stream<byte[]> batches() throws IOException {
        return BatchSeeds.all();
    }

    /** Records are what lies in the packet, byte for byte; else it is refused. */
    @MethodSource("batches")
    @FuzzTest(maxDuration = "60s")
    void batch(byte[] payload) throws Exception {
        BOUND.assertHolds(payload.length, () -> {
            ByteBuffer bytes = ByteBuffer.wrap(payload);
            while (bytes.hasRemaining()) {
                BatchRecord record = BatchRecord.next(bytes);
                if (record.type() == RecordType.ITEM) {
                    BatchItem.parse(record.body());
                }
            }
            return bytes;
        });
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        try {
            while (bytes.hasRemaining()) {
                int start = bytes.position();
                BatchRecord record = BatchRecord.next(bytes);
                int length = record.body().remaining();
                assertThat(bytes.position()).isEqualTo(start + BatchRecord.HEADER_BYTES + length);
                assertThat(payload[start]).isEqualTo(record.type().code());
                assertThat(record.body()).isEqualTo(ByteBuffer.wrap(payload, start + BatchRecord.HEADER_BYTES, length));
                if (record.type() == RecordType.ITEM) {
                    BatchItem item = BatchItem.parse(record.body());
                    assertThat(item.name().length + item.target().length + BatchItem.FIXED_BYTES)
                            .isEqualTo(length);
                    assertThat(item.sizeBytes()).isNotNegative();
                }
            }
        } catch (ProtocolException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    static Stream<byte[]> statLines() {
        return seeds(
                "F 12 0 0 0100664 2",
                "L 12 0 0 100664 2 4",
                "F 12 -2 4000000000 100644 1 0",
                "X -9223372036854775808 0 0 37777777777 1",
                "Q 1 2 3 4 5",
                "F 1 2 3 8 1",
                "F  1 0 0 0 1");
    }

    @MethodSource("statLines")
    @FuzzTest(maxDuration = "60s")
    void stat(byte[] text) throws Exception {
        BOUND.assertHolds(text.length, () -> StatLine.parse(text));
        try {
            StatLine line = StatLine.parse(text);
            StatLine again = StatLine.parse(line.toString().getBytes(StandardCharsets.ISO_8859_1));
            long linkIndex = line.type() == 'L' ? line.linkIndex() : 0;
            assertThat(again)
                    .isEqualTo(new StatLine(
                            line.type(),
                            line.sizeBytes(),
                            line.uid(),
                            line.gid(),
                            line.mode(),
                            line.nlink(),
                            linkIndex));
        } catch (ProtocolException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    static Stream<byte[]> timeLines() {
        return seeds("1795343600 1795343597 1795345012", "-1 253402300800 0", "1 2", "1 2 x", "1 2 3 4", "");
    }

    @MethodSource("timeLines")
    @FuzzTest(maxDuration = "60s")
    void times(byte[] text) throws Exception {
        BOUND.assertHolds(text.length, () -> TimeLine.parse(text));
        try {
            TimeLine line = TimeLine.parse(text);
            assertThat(TimeLine.parse(line.toString().getBytes(StandardCharsets.ISO_8859_1)))
                    .isEqualTo(line);
        } catch (ProtocolException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    static Stream<byte[]> names() {
        return seeds("plain", "blank ", "a\\x20", "a\\ ", "\\", "\\x4", " \t\n\u000b\f\r", "two\\\\ ", "");
    }

    /** Spelling and flag together tell any two names apart, and come back. */
    @MethodSource("names")
    @FuzzTest(maxDuration = "60s")
    void escapes(byte[] name) throws Exception {
        BOUND.assertHolds(name.length, () -> NameEscape.unescape(NameEscape.escape(name)));
        byte[] escaped = NameEscape.escape(name);
        assertThat(NameEscape.isNeeded(escaped)).isFalse();
        assertThat(NameEscape.isNeeded(name) ? NameEscape.unescape(escaped) : escaped)
                .isEqualTo(name);
        int middle = name.length / 2;
        byte[] one = Arrays.copyOf(name, middle);
        byte[] two = Arrays.copyOfRange(name, middle, name.length);
        boolean same = NameEscape.isNeeded(one) == NameEscape.isNeeded(two)
                && Arrays.equals(NameEscape.escape(one), NameEscape.escape(two));
        assertThat(same).as(RawPath.printable(name)).isEqualTo(Arrays.equals(one, two));
        try {
            assertThat(NameEscape.unescape(name).length).isLessThanOrEqualTo(name.length);
        } catch (ProtocolException refused) {
            assertThat(refused).hasMessageNotContaining("\n");
        }
    }

    private static Stream<byte[]> seeds(String... texts) {
        return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
