package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.stripeline.layout.Layout;
import io.stripeline.ptcomm.AllocationBound;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.provider.MethodSource;

/** What a volume may bring back, against any bytes: with checksums as they are, and with right ones. */
class BlobFuzzTest {
    private static final int PACKET = 900_000;
    private static final AllocationBound BLOB_BOUND = new AllocationBound(64 << 10, 64);

    /** The id of a layout is a digest, which costs half a KiB for the four bytes of the shortest. */
    private static final AllocationBound TABLE_BOUND = new AllocationBound(64 << 10, 512);

    static Stream<byte[]> blobs() {
        return Stream.concat(good(), Stream.of(partOf(2, 1 << 30), partOf(65_535, Integer.MAX_VALUE)));
    }

    private static Stream<byte[]> good() {
        RandomBlobs random = new RandomBlobs(new SplittableRandom(7));
        return Stream.concat(
                        Stream.of(RandomBlobs.plain("/a")),
                        Stream.generate(random::next).limit(12))
                .map(blob -> blob.encode(PACKET).get(0));
    }

    /** The first part, with a right checksum, of more than there is. */
    private static byte[] partOf(int parts, int bodyBytes) {
        byte[] part = new byte[26];
        Envelope.BLOB.seal(part, Envelope.PART, 0);
        ByteBuffer header = ByteBuffer.wrap(part).putShort(12, (short) parts).putInt(14, bodyBytes);
        CRC32C crc = new CRC32C();
        crc.update(part, 0, 18);
        crc.update(part, 22, part.length - 22);
        header.putInt(18, (int) crc.getValue());
        return part;
    }

    static Stream<byte[]> bodies() {
        return good().map(blob -> Arrays.copyOfRange(blob, Envelope.BYTES, blob.length));
    }

    static Stream<byte[]> tables() {
        LayoutCollector collector = new LayoutCollector(warning -> {
            throw new AssertionError(warning);
        });
        collector.add(new Layout.Striped(1 << 20, 4, "flash"));
        collector.add(new Layout.Opaque("lustre.lov", new byte[] {1, 2, 3}));
        return collector.objects().stream().map(RestoreObject::bytes);
    }

    static Stream<byte[]> tableBodies() {
        return tables().map(table -> Arrays.copyOfRange(table, Envelope.BYTES, table.length));
    }

    private static void decode(List<byte[]> parts) throws Exception {
        int bytes = parts.stream().mapToInt(part -> part.length).sum();
        BLOB_BOUND.assertHolds(bytes, () -> EntryBlob.decode(parts));
        try {
            EntryBlob blob = EntryBlob.decode(parts);
            assertThat(EntryBlob.isBlob(parts.get(0))).isTrue();
            assertThat(EntryBlob.decode(blob.encode(PACKET))).isEqualTo(blob);
        } catch (FormatException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("blobs")
    @FuzzTest(maxDuration = "60s")
    void blob(byte[] bytes) throws Exception {
        decode(List.of(bytes));
    }

    @MethodSource("bodies")
    @FuzzTest(maxDuration = "60s")
    void body(byte[] body) throws Exception {
        decode(List.of(BodyTest.sealed(body)));
    }

    /** The first byte says where to cut, the next ones what to do with the parts. */
    @MethodSource("bodies")
    @FuzzTest(maxDuration = "60s")
    void parts(byte[] body) throws Exception {
        if (body.length < 8) {
            return;
        }
        byte[] free = new byte[Envelope.BYTES + body.length];
        System.arraycopy(body, 0, free, Envelope.BYTES, body.length);
        List<byte[]> parts = new ArrayList<>(Parts.cut(free, 24 + (body[0] & 0xFF)));
        byte[] part = parts.get((body[1] & 0xFF) % parts.size());
        part[(body[2] & 0xFF) % part.length] ^= (byte) (body[3] & body[4]);
        parts.set((body[5] & 0xFF) % parts.size(), part);
        if (body[6] < 0) {
            parts.remove(parts.size() - 1);
        }
        decode(parts);
    }

    private static void decodeTable(byte[] object) throws Exception {
        List<RestoreObject> objects = List.of(new RestoreObject("stripeline-layouts.0", object));
        TABLE_BOUND.assertHolds(object.length, () -> LayoutTable.decode(objects));
        try {
            LayoutTable table = LayoutTable.decode(objects);
            assertThat(table.size()).isLessThan(object.length);
            assertThat(table.layout(LayoutTable.NONE)).isNull();
        } catch (FormatException refused) {
            assertThat(refused.getMessage()).contains("stripeline-layouts.0");
        }
    }

    @MethodSource("tables")
    @FuzzTest(maxDuration = "60s")
    void table(byte[] object) throws Exception {
        decodeTable(object);
    }

    @MethodSource("tableBodies")
    @FuzzTest(maxDuration = "60s")
    void tableBody(byte[] body) throws Exception {
        byte[] object = new byte[Envelope.BYTES + body.length];
        System.arraycopy(body, 0, object, Envelope.BYTES, body.length);
        Envelope.TABLE.seal(object, Envelope.WHOLE, Envelope.crcOf(object, Envelope.BYTES));
        decodeTable(object);
    }
}
