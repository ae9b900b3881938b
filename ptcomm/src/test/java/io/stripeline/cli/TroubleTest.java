package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.posix.PosixException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class TroubleTest {
    private static Spoken report(Throwable failure, boolean debug) {
        Spoken spoken = new Spoken();
        assertThat(Trouble.report(failure, spoken.console(), debug, false)).isEqualTo(ExitCode.FATAL);
        assertThat(spoken.out()).isEmpty();
        return spoken;
    }

    @Test
    void expectedFailuresAreOneLine() {
        assertThat(report(new PosixException("open", 13, "/x"), false).err())
                .hasLineCount(1)
                .startsWith("stripeline: ")
                .contains("/x");
        assertThat(report(new UncheckedIOException(new NoSuchFileException("/y")), false)
                        .err())
                .isEqualTo("stripeline: /y: no such file or directory\n");
    }

    @Test
    void unexpectedOnesTellHowToGetTheTrace() {
        assertThat(report(new IllegalStateException("broken"), false).err())
                .hasLineCount(1)
                .contains("internal error")
                .contains("broken")
                .contains("--debug");
        assertThat(report(new IllegalStateException("broken"), true).err()).contains("\tat io.stripeline.cli");
    }
}
