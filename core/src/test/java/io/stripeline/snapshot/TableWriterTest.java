package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of keys that are longer than a piece should weigh. */
class TableWriterTest {
    private final MemoryBlobs blobs = new MemoryBlobs();

    private static byte[] key(int number, int length) {
        byte[] key = new byte[length];
        Arrays.fill(key, (byte) 'k');
        System.arraycopy(String.format("%08d", number).getBytes(), 0, key, 0, 8);
        return key;
    }

    /** A sink that ends a writer which does not come to an end. */
    private BlobSink atMost(int puts) {
        return (kind, bytes) -> {
            assertThat(blobs.puts).as("nodes").isLessThan(puts);
            return blobs.put(kind, bytes);
        };
    }

    @ParameterizedTest
    @CsvSource({"2, 600000", "2, 1048576", "150, 600000", "300, 200000", "700, 70000", "100, 1048576", "5000, 9000"})
    void longKeysComeBack(int count, int length) {
        TableWriter writer = new TableWriter(atMost(3 * count));
        for (int i = 0; i < count; i++) {
            writer.add(key(i, length), new byte[] {1, (byte) i});
        }
        TableRef ref = writer.finish();
        assertThat(ref.entries()).isEqualTo(count);
        assertThat(ref.level()).as("fan-out of seven at least").isLessThanOrEqualTo(4);
        TableCursor cursor =
                new TableCursor(new Table(ref, blobs, new Cache<>(1 << 20, TableNode::weight)), new byte[0]);
        for (int i = 0; i < count; i++) {
            cursor.settle();
            assertThat(cursor.key()).isEqualTo(key(i, length));
            assertThat(cursor.value().take(2)[1]).isEqualTo((byte) i);
            cursor.advance();
        }
        cursor.settle();
        assertThat(cursor.isEnded()).isTrue();
    }

    @Test
    void aDirectoryHoldsRowsUpToItsLimit(@TempDir Path temporary) {
        Dir first = Dir.root().child(key(1, SnapshotWriter.MAX_DIRECTORY_BYTES));
        Dir second = Dir.root().child(key(2, SnapshotWriter.MAX_DIRECTORY_BYTES));
        Dir beyond = Dir.root().child(key(3, 9)).child(key(4, SnapshotWriter.MAX_DIRECTORY_BYTES - 9));
        assertThat(SnapshotWriter.holds(first)).isTrue();
        assertThat(SnapshotWriter.holds(beyond)).isFalse();
        RandomTree tree = new RandomTree(1, blobs, 1);
        tree.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>();
        for (Dir dir : List.of(first, second)) {
            for (int i = 0; i < 5_000; i++) { // of so long names that there are further parts
                rows.add(tree.sample(dir, String.format("%0255d", i).getBytes(), FileType.FIFO));
            }
        }
        SnapshotReader reader = RandomTree.write(rows, blobs, temporary, 64 << 20, new Random(1));
        assertThat(SnapshotRoundTripTest.all(reader.rows(RawPath.ROOT))).hasSize(10_000);
        assertThat(reader.root().tables().get(0).directories().entries()).isGreaterThan(2);
        try (SnapshotWriter writer = new SnapshotWriter(blobs, temporary, SnapshotWriter.Options.defaults())) {
            Entry entry = new Entry(beyond, new byte[] {'f'}, tree.inode(FileType.FIFO), Attributes.NONE);
            assertThatThrownBy(() -> writer.add(entry, 0, RowState.SETTLED, Content.NONE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
