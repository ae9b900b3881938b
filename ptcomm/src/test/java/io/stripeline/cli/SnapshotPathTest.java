package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.RawPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SnapshotPathTest {
    private static final RawPath ROOT = RawPath.of("/usr/share");

    @ParameterizedTest
    @CsvSource({
        "doc/bash,doc/bash",
        "/doc/bash/,doc/bash",
        "./doc,doc",
        "././/doc,doc",
        "/usr/share/doc,doc",
        "/usr/shared,usr/shared",
        ".hidden,.hidden",
        "..,..",
        "a/./b,a/./b"
    })
    void isBelowTheRoot(String typed, String meant) {
        assertThat(SnapshotPath.parse(ROOT, typed)).isEqualTo(RawPath.of(meant));
    }

    @ParameterizedTest
    @CsvSource({".", "/", "./", "/usr/share", "/usr/share/"})
    void rootItself(String typed) {
        assertThat(SnapshotPath.parse(ROOT, typed)).isEqualTo(RawPath.ROOT);
    }

    @Test
    void bytesArePastedAsPrinted() {
        RawPath odd = RawPath.of(new byte[] {'a', (byte) 0xFF, '\n', '\\'});
        assertThat(SnapshotPath.parse(ROOT, odd.toString())).isEqualTo(odd);
    }

    @Test
    void aSnapshotOfTheWholeSystem() {
        assertThat(SnapshotPath.parse(RawPath.of("/"), "/etc/passwd")).isEqualTo(RawPath.of("etc/passwd"));
    }
}
