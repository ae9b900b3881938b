package io.stripeline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FiguresTest {
    @ParameterizedTest
    @CsvSource({"4096,4096", "200M,209715200", "1.5GiB,1610612736", "1k,1024", "3 T,3298534883328", "7b,7"})
    void readsSizes(String text, long bytes) {
        assertThat(Figures.parseBytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "-1", "0", "ten", "5X", "NaN", "1e99G"})
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Figures.parseBytes(text))
                .withMessageContaining("200M");
    }

    @Test
    void writesFigures() {
        assertThat(Figures.bytes(17)).isEqualTo("17 B");
        assertThat(Figures.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Figures.bytes(5_000_000_000_000_000_000L)).isEqualTo("4.3 EiB");
        assertThat(Figures.count(1234567)).isEqualTo("1,234,567");
        assertThat(Figures.seconds(8.34)).isEqualTo("8.3 s");
        assertThat(Figures.seconds(245)).isEqualTo("4:05");
        assertThat(Figures.seconds(3723)).isEqualTo("1:02:03");
    }
}
