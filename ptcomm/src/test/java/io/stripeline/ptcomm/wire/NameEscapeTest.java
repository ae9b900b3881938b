package io.stripeline.ptcomm.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.RawPath;
import io.stripeline.testkit.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Seeds(20)
    void theExactNameComesBackBehindAnyFront(SplittableRandom random) {
        for (int i = 0; i < 500; i++) {
            byte[] saved = new byte[1 + random.nextInt(20)];
            for (int k = 0; k < saved.length; k++) {
                saved[k] = ALPHABET[random.nextInt(ALPHABET.length)];
            }
            byte[] front = Arrays.copyOf(ALPHABET, random.nextInt(ALPHABET.length));
            assertThat(NameEscape.exact(saved, join(front, NameEscape.escape(saved))))
                    .as(RawPath.printable(saved))
                    .isEqualTo(join(front, saved));
        }
    }

    private static byte[] join(byte[] front, byte[] end) {
        byte[] out = Arrays.copyOf(front, front.length + end.length);
        System.arraycopy(end, 0, out, front.length, end.length);
        return out;
    }

    /** Names as they were saved, came back, and are to be; {@code _} is a blank. */
    @ParameterizedTest
    @CsvSource({
        "/data/x_, /new/x\\x20, /new/x_",
        "/da\\ta/x_, /new/x\\x20, /new/x_",
        "/da\\ta/x_, /r/da\\\\ta/x\\x20, /r/da\\ta/x_",
        "/data/x_, /data/x, /data/x",
        "/data/x__, /data/x\\x20, /data/x\\x20",
        "/data/x_, /data/old_x\\x20, /data/old_x_",
        "/data/x, /data/x\\x20, /data/x\\x20",
    })
    void aRenamedOne(String saved, String restored, String exact) {
        assertThat(NameEscape.exact(blanks(saved), bytes(restored.replace("old_", "old-"))))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo(exact.replace("old_", "old-").replace('_', ' '));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] blanks(String text) {
        return bytes(text.replace('_', ' '));
    }

    @Test
    void onlyWhatTheEscapeMakesLooksEscaped() {
        assertThat(NameEscape.looksEscaped(bytes("/a/x\\x20"))).isTrue();
        assertThat(NameEscape.looksEscaped(bytes("/a\\\\b/x\\x0A\\x20"))).isTrue();
        for (String other : List.of("/a/x", "/a/x\\x41", "/a\\x00b\\x20", "/a\\b\\x20", "/a\\x20b\\x20", "/a\\x0a")) {
            assertThat(NameEscape.looksEscaped(bytes(other))).as(other).isFalse();
        }
    }
}
