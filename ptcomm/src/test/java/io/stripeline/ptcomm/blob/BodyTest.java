package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.snapshot.FormatException;
import io.stripeline.testkit.Seeds;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in a body when its checksum is right: written by a newer program, or by somebody who means harm. */
class BodyTest {
    /** A sealed blob of this body. */
    static byte[] sealed(byte[] body) {
        byte[] bytes = new byte[Envelope.BYTES + body.length];
        System.arraycopy(body, 0, bytes, Envelope.BYTES, body.length);
        Envelope.BLOB.seal(bytes, Envelope.WHOLE, Envelope.crcOf(bytes, Envelope.BYTES));
        return bytes;
    }

    private static EntryBlob decode(String hex) {
        return EntryBlob.decode(List.of(sealed(HexFormat.of().parseHex(hex.replace(" ", "")))));
    }

    @Test
    void theShortestBody() {
        EntryBlob blob = decode("A2 01 42 2F61 03 1981A4");
        assertThat(blob.path()).hasToString("/a");
        assertThat(blob.inode().mode()).isEqualTo(0100644);
        assertThat(blob.inode().nlink()).isEqualTo(1);
        assertThat(blob.first()).isNull();
    }

    @Test
    void keysOfLaterProgramsAreSkipped() {
        EntryBlob known = decode("A2 01 42 2F61 03 1981A4");
        assertThat(decode("A4 01 42 2F61 03 1981A4 16 8343010203 A2 01 20 61 78 F6 F5 18 63 3903E7"))
                .isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({
        "A1, a length of 1 where 0 bytes are left",
        "A2 01 42 2F61 03, truncated",
        "A2 01 42 2F61 03 19, truncated",
        "A2 01 42 2F61 03 1981A4 00, 1 bytes follow the end",
        "A1 03 1981A4, it has no path",
        "A1 01 42 2F61, has no file type",
        "A2 01 42 2F61 01 42 2F62, key 1 follows key 1",
        "A2 03 1981A4 01 42 2F61, key 1 follows key 3",
        "A2 01 42 2F00 03 1981A4, NUL",
        "A2 01 42 2F61 03 FB3FF0000000000000, a float",
        "A3 01 42 2F61 03 1981A4 16 F93C00, a float",
        "A3 01 42 2F61 03 1981A4 16 C100, a tag",
        "A3 01 42 2F61 03 1981A4 16 E0, unknown simple value",
        "A3 01 42 2F61 03 1981A4 16 5FFF, an indefinite length",
        "A3 01 42 2F61 03 1981A4 16 A2 01 01 01 02, keys of a map are not ascending",
        "A3 01 42 2F61 03 1981A4 16 81818181818181818100, nested too deep",
        "A3 01 42 2F61 03 1981A4 16 62C328, a text is not UTF-8",
        "BF 01 42 2F61 03 1981A4 FF, an indefinite length",
        "A2 01 5B7FFFFFFFFFFFFFFF 2F61, a length of 9223372036854775807",
        "A2 01 5BFFFFFFFFFFFFFFFF 2F61, a length of 18446744073709551615",
        "BBFFFFFFFFFFFFFFFF 01, a length of 18446744073709551615",
        "A2 01 58 02 2F61 03 1981A4, shortest form",
        "A2 01 42 2F61 03 1A000081A4, shortest form",
        "A2 01 42 2F61 03 1B00000001000081A4, beyond 32 bits",
        "A3 01 42 2F61 03 1981A4 07 1BFFFFFFFFFFFFFFFF, beyond 64 bits",
        "A3 01 42 2F61 03 1981A4 11 81 41 61, an extended attribute has no value",
        "A3 01 42 2F61 03 1981A4 11 9A00FFFFFF 41 61, a length of 16777215",
        "A3 01 42 2F61 03 1981A4 0C 82 01 1A3B9ACA00, a time of 1000000000 nanoseconds",
        "A3 01 42 2F61 03 1981A4 0C 83 01 02 03, expected an array of 2",
        "A4 01 42 2F61 03 1981A4 0C 82 1B7FFFFFFFFFFFFFFF 00 0D 1B7FFFFFFFFFFFFFFF, beyond 64 bits of seconds",
        "A3 01 42 2F61 03 1981A4 14 84 00 00 01 60, a layout of 1 stripes of 0 bytes",
        "A3 01 42 2F61 03 1981A4 14 82 02 00, a layout of the unknown form 2",
        "A3 01 42 2F61 03 1981A4 14 80, a layout of the unknown form",
        "41 61, expected a map"
    })
    void isRefused(String body, String why) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("at byte");
    }

    /** The densest input there is: attributes without names and values, two bytes each. */
    @Test
    void memoryIsBoundedByTheInput() {
        byte[] head = HexFormat.of().parseHex("A301422F61031981A4119A00100000");
        byte[] body = Arrays.copyOf(head, head.length + (1 << 20));
        Arrays.fill(body, head.length, body.length, (byte) 0x40);
        List<byte[]> parts = List.of(sealed(body));
        assertThat(allocated(() -> EntryBlob.decode(parts))).isBetween(1L << 20, 32L << 20);
        byte[] liar = body.clone();
        liar[head.length] = 0x5A; // a string of 1 GiB
        List<byte[]> lying = List.of(sealed(liar));
        assertThatThrownBy(() -> EntryBlob.decode(lying)).isInstanceOf(FormatException.class);
    }

    private static long allocated(Runnable work) {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Seeds(40)
    void damageUnderARightChecksumIsRefusedOrAnotherEntry(SplittableRandom random) {
        byte[] bytes = EntryBlobTest.one(new RandomBlobs(random).next());
        byte[] body = Arrays.copyOfRange(bytes, Envelope.BYTES, bytes.length);
        int refused = 0;
        for (int i = 0; i < body.length; i++) {
            byte[] damaged = body.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            try {
                EntryBlob other = EntryBlob.decode(List.of(sealed(damaged)));
                assertThat(EntryBlob.decode(other.encode(1 << 20))).isEqualTo(other);
            } catch (FormatException expected) {
                refused++;
            }
            byte[] cut = Arrays.copyOf(body, i);
            assertThatThrownBy(() -> EntryBlob.decode(List.of(sealed(cut)))).isInstanceOf(FormatException.class);
        }
        assertThat(refused).isPositive();
    }
}
