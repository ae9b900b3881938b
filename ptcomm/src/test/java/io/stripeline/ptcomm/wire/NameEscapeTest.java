package io.stripeline.ptcomm.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.RawPath;
import io.stripeline.testkit.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NameEscapeTest {
    /** All that the escape looks at, and one that it does not. */
    private static final byte[] ALPHABET = "a\\x20 \n".getBytes(StandardCharsets.US_ASCII);

    private final Map<ByteBuffer, byte[]> spellings = new HashMap<>();

    /** The spelling with its flag is that of no other name, survives the stripping of its end, and comes back. */
    private void check(byte[] name) {
        byte[] escaped = NameEscape.escape(name);
        boolean flag = NameEscape.isNeeded(name);
        byte[] key = Arrays.copyOf(escaped, escaped.length + 1);
        key[escaped.length] = (byte) (flag ? 1 : 0);
        byte[] other = spellings.put(ByteBuffer.wrap(key), name);
        assertThat(other == null || Arrays.equals(other, name))
                .as(RawPath.printable(name))
                .isTrue();
        assertThat(NameEscape.isNeeded(escaped)).isFalse();
        assertThat(flag ? NameEscape.unescape(escaped) : escaped).isEqualTo(name);
    }

    @Test
    void noTwoShortNamesHaveOneSpellingAndFlag() {
        for (int length = 0; length <= 6; length++) {
            int names = (int) Math.pow(ALPHABET.length, length);
            for (int i = 0; i < names; i++) {
                byte[] name = new byte[length];
                for (int k = 0, rest = i; k < length; k++, rest /= ALPHABET.length) {
                    name[k] = ALPHABET[rest % ALPHABET.length];
                }
                check(name);
            }
        }
        assertThat(spellings).hasSizeGreaterThan(100_000);
    }

    @Seeds(20)
    void norDoAnyOthers(SplittableRandom random) {
        for (int i = 0; i < 500; i++) {
            byte[] name = new byte[1 + random.nextInt(255)];
            random.nextBytes(name);
            for (int k = random.nextInt(name.length + 1); k < name.length; k++) {
                name[k] = ALPHABET[random.nextInt(ALPHABET.length)];
            }
            check(name);
        }
    }
}
