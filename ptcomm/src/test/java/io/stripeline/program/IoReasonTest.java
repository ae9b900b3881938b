package io.stripeline.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class IoReasonTest {
    @Test
    void aReasonThatIsInTheTypeOnlyIsSaid() {
        assertThat(IoReason.of(new NoSuchFileException("/y"))).isEqualTo("/y: no such file or directory");
        assertThat(IoReason.of(new AccessDeniedException("/y"))).isEqualTo("/y: permission denied");
        assertThat(IoReason.of(new FileSystemException("/y"))).isEqualTo("/y: FileSystemException");
    }

    @Test
    void aReasonThatIsToldStays() {
        assertThat(IoReason.of(new FileSystemException("/y", null, "No space left on device")))
                .isEqualTo("/y: No space left on device");
        assertThat(IoReason.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
        assertThat(IoReason.of(new IOException())).isEqualTo("IOException");
        assertThat(IoReason.of(new UncheckedIOException("Cannot keep it", new IOException("full"))))
                .isEqualTo("full");
    }
}
