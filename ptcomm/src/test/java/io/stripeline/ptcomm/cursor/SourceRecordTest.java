package io.stripeline.ptcomm.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.FileSystemId;
import io.stripeline.change.Cursor;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceRecordTest {
    private static final RawPath ROOT = RawPath.of("/tree");
    private static final Cursor CURSOR = new Cursor("fake", 1, new byte[] {1, 2, 3});

    @TempDir
    private Path directory;

    private static final FileSystemId ID = FileSystemId.of(new byte[] {7});

    private Path written(int paths) throws IOException {
        Path file = directory.resolve("job-1.ab.changes");
        try (SourceWriter writer = new SourceWriter(file, directory)) {
            for (int i = 0; i < paths; i++) {
                writer.again(RawPath.of("/tree/f" + i));
            }
            writer.tree(ROOT, ID, CURSOR, 1);
            writer.commit();
        }
        return file;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        SourceRecord record = SourceRecord.open(written(20_000));
        assertThat(record.cursor(ROOT, ID)).contains(CURSOR);
        assertThat(record.cursor(ROOT, FileSystemId.of(new byte[] {8}))).isEmpty();
        assertThat(record.cursor(RawPath.of("/other"), ID)).isEmpty();
        List<RawPath> again = record.again().collectList().block(Duration.ofSeconds(30));
        assertThat(again)
                .isEqualTo(IntStream.range(0, 20_000)
                        .mapToObj(i -> RawPath.of("/tree/f" + i))
                        .toList());
        assertThat(record.again().take(3).collectList().block(Duration.ofSeconds(30)))
                .hasSize(3);
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        Path file = written(3);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x40;
            Files.write(file, bad);
            assertThatThrownBy(() -> SourceRecord.open(file)).isInstanceOf(FormatException.class);
            Files.write(file, java.util.Arrays.copyOf(good, i));
            assertThatThrownBy(() -> SourceRecord.open(file)).isInstanceOf(FormatException.class);
        }
    }
}
