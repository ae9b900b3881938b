package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InodeSorterTest {
    private static final int PATHS = 20_000;

    @TempDir
    Path temporary;

    /** Temporary files of this sorter that are open; their names are gone. */
    private long openFiles() throws IOException {
        long open = 0;
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : all.toList()) {
                try {
                    open += Files.readSymbolicLink(each).startsWith(temporary) ? 1 : 0;
                } catch (IOException closedSince) {
                    assertThat(each).doesNotExist();
                }
            }
        }
        return open;
    }

    @Test
    void manyPathsAreSortedWithFewFiles() throws Exception {
        try (InodeSorter sorter = new InodeSorter(temporary, 1000)) {
            long most = 0;
            for (int i = 0; i < PATHS; i++) {
                int number = Integer.reverse(i) >>> 12 ^ 0x2b3; // in no order, each once
                sorter.directory(0, 0, number, Keys.of(RawPath.of("directory/number" + number)));
                if (i % 500 == 0) {
                    most = Math.max(most, openFiles());
                }
            }
            assertThat(most).as("of about a thousand runs").isBetween(1L, 100L);
            RowRun rows = sorter.rows();
            byte[] last = new byte[0];
            for (int i = 0; i < PATHS; i++) {
                assertThat(rows.next()).isTrue();
                assertThat(Arrays.compareUnsigned(last, rows.key)).isNegative();
                last = rows.key;
                byte[] path = Arrays.copyOfRange(rows.bytes, rows.nameStart, rows.nameStart + rows.nameLength);
                long low = java.nio.ByteBuffer.wrap(last).getLong(12);
                assertThat(Keys.path(path)).isEqualTo(RawPath.of("directory/number" + low));
            }
            assertThat(rows.next()).isFalse();
        }
        assertThat(openFiles()).isZero();
    }
}
