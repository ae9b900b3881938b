package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CompressionTest {
    @Test
    void readsLevels() {
        assertThat(Compression.level("off")).isZero();
        assertThat(Compression.level("zstd:1")).isEqualTo(1);
        assertThat(Compression.level("zstd:19")).isEqualTo(19);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "on", "zstd", "zstd:", "zstd:0", "zstd:20", "zstd:-3", "lz4:1"})
    void refusesTheRest(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.level(text))
                .withMessageContaining("zstd:1");
    }
}
