package io.stripeline.ptcomm.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchCodecTest {
    /** Takes a few bytes at a time, as a pipe that is nearly full. */
    private static final class Slow implements GatheringByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public int write(ByteBuffer source) {
            int length = Math.min(source.remaining(), 50_021);
            byte[] some = new byte[length];
            source.get(some);
            bytes.writeBytes(some);
            return length;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            for (ByteBuffer source : sources) {
                if (source.hasRemaining()) {
                    return write(source);
                }
            }
            return 0;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private final Slow channel = new Slow();
    private final PacketWriter out = new PacketWriter(channel);

    private List<Packet> packets() throws IOException {
        out.flush();
        PacketReader in = new PacketReader(Channels.newChannel(new ByteArrayInputStream(channel.bytes.toByteArray())));
        List<Packet> packets = new ArrayList<>();
        for (Packet packet = in.read(); packet != null; packet = in.read()) {
            packets.add(packet);
        }
        return packets;
    }

    private static byte[] some(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void recordsOfOnePacketLieBehindEachOther() throws IOException {
        out.record(RecordType.META, ByteBuffer.wrap(new byte[] {1, 2}));
        out.dataAt(5L << 32, ByteBuffer.wrap(new byte[] {3}));
        out.record(RecordType.END, 1).put(BatchRecord.GOOD);
        out.command("FileIndex");
        out.record(RecordType.GONE, ByteBuffer.wrap("/x".getBytes(StandardCharsets.US_ASCII)));

        List<Packet> packets = packets();
        assertThat(packets).extracting(Packet::status).containsExactly(Status.BATCH, Status.COMMAND, Status.BATCH);
        assertThat(packets.get(0).payload()).isEqualTo(new byte[] {
            2, 0, 0, 0, 0, 0, 0, 2, 1, 2, //
            3, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 0, 3, //
            6, 0, 0, 0, 0, 0, 0, 1, 0
        });
        assertThat(packets.get(2).payload()).isEqualTo(new byte[] {8, 0, 0, 0, 0, 0, 0, 2, '/', 'x'});
    }

    /** Whatever lengths come in whatever order: no record is torn, none is lost, no packet is too long. */
    @Test
    void recordsOfAnyLengthsComeBack() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        List<byte[]> bodies = new ArrayList<>();
        int[] lengths = {1, 16_383, 16_384, 65_535, 65_536, 262_144, PacketWriter.MAX_BODY, 999_000 - 70_000};
        for (int i = 0; i < 400; i++) {
            int length = i % 5 == 0 ? lengths[random.nextInt(lengths.length)] : 1 + random.nextInt(3000);
            byte[] body = some(length, i);
            bodies.add(body);
            if (random.nextInt(9) == 0 && length <= PacketWriter.MAX_GATHERED_BODY) {
                out.record(RecordType.XATTR, length).put(body);
            } else {
                out.record(RecordType.DATA, ByteBuffer.wrap(body));
            }
            if (random.nextInt(50) == 0) {
                out.eod();
            }
        }
        int at = 0;
        for (Packet packet : packets()) {
            assertThat(packet.payload().length).isLessThanOrEqualTo(Packet.MAX_PAYLOAD);
            ByteBuffer payload = ByteBuffer.wrap(packet.payload());
            while (payload.hasRemaining()) {
                assertThat(BatchRecord.next(payload).body()).isEqualTo(ByteBuffer.wrap(bodies.get(at++)));
            }
        }
        assertThat(at).isEqualTo(bodies.size());
    }

    @Test
    void whatFitsIntoNoPacketIsRefused() {
        assertThatThrownBy(() -> out.record(RecordType.DATA, ByteBuffer.allocate(PacketWriter.MAX_BODY + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.record(RecordType.META, ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.record(RecordType.ITEM, PacketWriter.MAX_GATHERED_BODY + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anItemHasItsFieldsAtTheirPlaces() throws IOException {
        BatchItem item = BatchItem.parse(ByteBuffer.wrap(BatchSeeds.item('L', "/name ", "/first")));
        assertThat(item.number()).isEqualTo(1);
        assertThat(item.kind()).isEqualTo('L');
        assertThat(item.mode()).isEqualTo(0100644);
        assertThat(item.uid()).isEqualTo(-2);
        assertThat(item.gid()).isEqualTo(20);
        assertThat(item.nlink()).isEqualTo(1);
        assertThat(item.sizeBytes()).isEqualTo(5);
        assertThat(item.rdev()).isEqualTo(99);
        assertThat(List.of(item.mtimeSeconds(), item.atimeSeconds(), item.ctimeSeconds()))
                .containsExactly(1000L, 2000L, 3000L);
        assertThat(item.first()).isEqualTo(1);
        assertThat(item.name()).asString(StandardCharsets.US_ASCII).isEqualTo("/name ");
        assertThat(item.target()).asString(StandardCharsets.US_ASCII).isEqualTo("/first");
    }
}
