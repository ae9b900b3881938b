package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.stripeline.layout.Layout;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What a volume may bring back, against any bytes: with checksums as they are, and with right ones. */
class BlobFuzzTest {
    private static final int PACKET = 900_000;

    static Stream<byte[]> blobs() {
        RandomBlobs random = new RandomBlobs(new SplittableRandom(7));
        return Stream.concat(
                        Stream.of(RandomBlobs.plain("/a")),
                        Stream.generate(random::next).limit(12))
                .map(blob -> blob.encode(PACKET).get(0));
    }

    static Stream<byte[]> bodies() {
        return blobs().map(blob -> Arrays.copyOfRange(blob, Envelope.BYTES, blob.length));
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

    private static void decode(List<byte[]> parts) {
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
    void blob(byte[] bytes) {
        decode(List.of(bytes));
    }

    @MethodSource("bodies")
    @FuzzTest(maxDuration = "60s")
    void body(byte[] body) {
        decode(List.of(BodyTest.sealed(body)));
    }

    /** The first byte says where to cut, the next ones what to do with the parts. */
    @MethodSource("bodies")
    @FuzzTest(maxDuration = "60s")
    void parts(byte[] body) {
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

    private static void decodeTable(byte[] object) {
        try {
            LayoutTable table = LayoutTable.decode(List.of(new RestoreObject("stripeline-layouts.0", object)));
            assertThat(table.size()).isLessThan(object.length);
            assertThat(table.layout(LayoutTable.NONE)).isNull();
        } catch (FormatException refused) {
            assertThat(refused.getMessage()).contains("stripeline-layouts.0");
        }
    }

    @MethodSource("tables")
    @FuzzTest(maxDuration = "60s")
    void table(byte[] object) {
        decodeTable(object);
    }

    @MethodSource("tableBodies")
    @FuzzTest(maxDuration = "60s")
    void tableBody(byte[] body) {
        byte[] object = new byte[Envelope.BYTES + body.length];
        System.arraycopy(body, 0, object, Envelope.BYTES, body.length);
        Envelope.TABLE.seal(object, Envelope.WHOLE, Envelope.crcOf(object, Envelope.BYTES));
        decodeTable(object);
    }
}
