package io.stripeline.ptcomm.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeLinesTest {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void statIsWrittenAsInTheTranscript() {
        assertThat(new StatLine('F', 12, 0, 0, 0100664, 2, 0)).hasToString("F 12 0 0 100664 2");
        assertThat(new StatLine('D', 4096, 0, 0, 040755, 2, 0)).hasToString("D 4096 0 0 040755 2");
        assertThat(new StatLine('L', 12, 0, 0, 0100664, 2, 4)).hasToString("L 12 0 0 100664 2 4");
        assertThat(new StatLine('F', 1, -2, 5, 0100644, 1, 0)).hasToString("F 1 4294967294 5 100644 1");
    }

    @Test
    void ownersAreTakenModulo32Bit() {
        StatLine line = StatLine.parse(ascii("F 12 -2 4000000000 100644 1 0"));
        assertThat(Integer.toUnsignedLong(line.uid())).isEqualTo(4294967294L);
        assertThat(Integer.toUnsignedLong(line.gid())).isEqualTo(4000000000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "F",
                "F 1 2 3",
                "Q 1 0 0 100644 1",
                "F x 0 0 100644 1",
                "F 1 0 0 109999 1",
                "F 1 0 0 100644 1 2 3",
                "FF 1 0 0 100644 1",
                "F 1 99999999999 0 100644 1"
            })
    void refusesABadStat(String text) {
        assertThatThrownBy(() -> StatLine.parse(ascii(text))).isInstanceOf(ProtocolException.class);
    }

    @Test
    void timesAreSigned() {
        assertThat(TimeLine.parse(ascii("-1 253402300800 0"))).isEqualTo(new TimeLine(-1, 253402300800L, 0));
        assertThatThrownBy(() -> TimeLine.parse(ascii("1 2"))).isInstanceOf(ProtocolException.class);
    }

    @Test
    void onlyNamesThatEndInWhiteSpaceAreTouched() {
        assertThat(NameEscape.escape(ascii("a \\x20b"))).isEqualTo(ascii("a \\x20b"));
        assertThat(NameEscape.escape(ascii("a\\ \n"))).isEqualTo(ascii("a\\\\\\x20\\x0A"));
    }

    @Test
    void theEscapeIsInjectiveAndComesBack() {
        SplittableRandom random = new SplittableRandom(11);
        byte[] alphabet = ascii("a\\x20 \t\n\u000b\r9A");
        Map<String, byte[]> seen = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] name = new byte[1 + random.nextInt(7)];
            for (int k = 0; k < name.length; k++) {
                name[k] = alphabet[random.nextInt(alphabet.length)];
            }
            if (!NameEscape.isNeeded(name)) {
                continue;
            }
            byte[] escaped = NameEscape.escape(name);
            assertThat(NameEscape.isNeeded(escaped)).isFalse();
            assertThat(NameEscape.unescape(escaped)).isEqualTo(name);
            byte[] other = seen.put(Arrays.toString(escaped), name);
            assertThat(other == null || Arrays.equals(other, name)).isTrue();
        }
    }
}
