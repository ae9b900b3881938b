package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotRoundTripTest {
    @TempDir
    Path temporary;

    private final MemoryBlobs blobs = new MemoryBlobs();

    static List<Row> all(RowStream rows) {
        List<Row> out = new ArrayList<>();
        for (Row row = rows.next(); row != null; row = rows.next()) {
            out.add(row);
        }
        return out;
    }

    private static void assertSame(Row row, RandomTree.Sample sample) {
        assertThat(row.entry()).isEqualTo(sample.entry());
        assertThat(row.state()).isEqualTo(sample.state());
        assertThat(row.content()).isEqualTo(sample.content());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomTreesComeBack(long seed) throws Exception {
        RandomTree tree = new RandomTree(seed, blobs, 1500);
        long memory = seed % 2 == 0 ? 20_000 : 64 << 20; // even seeds: dozens of temporary files
        SnapshotReader snapshot = RandomTree.write(tree.rows.values(), blobs, temporary, memory, new Random(seed));
        List<Row> rows = all(snapshot.rows(RawPath.ROOT));
        assertThat(rows).hasSize(tree.rows.size());
        for (Row row : rows) {
            assertSame(row, tree.rows.get(row.path()));
        }
        for (int i = 1; i < rows.size(); i++) {
            assertThat(rows.get(i - 1).compareTo(rows.get(i))).isNegative();
        }
        assertThat(snapshot.root().counts().entries()).isEqualTo(tree.rows.size());
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void everyPathIsFoundAndEverySubtreeIsListed(long seed) {
        RandomTree tree = new RandomTree(seed, blobs, 800);
        SnapshotReader snapshot = RandomTree.write(tree.rows.values(), blobs, temporary, 1 << 20, new Random(seed));
        for (RandomTree.Sample sample : tree.rows.values()) {
            RawPath path = sample.entry().path();
            assertSame(java.util.Objects.requireNonNull(snapshot.find(path)), sample);
            if (sample.entry().inode().isDirectory()) {
                long below = tree.rows.keySet().stream().filter(path::contains).count();
                assertThat(all(snapshot.rows(path))).hasSize((int) below);
                var id = sample.entry().inode().id();
                assertThat(snapshot.findDirectory((int) id.device(), id.high(), id.low()))
                        .isEqualTo(path);
            }
        }
        assertThat(snapshot.find(RawPath.of("no/such/path"))).isNull();
        assertThat(snapshot.findDirectory(0, 0, -7)).isNull();
        assertThat(all(snapshot.rows(RawPath.of("nothing")))).isEmpty();
    }

    @Test
    void theOrderOfComingDoesNotMatter() {
        RandomTree tree = new RandomTree(21, blobs, 3000);
        SnapshotReader one = RandomTree.write(tree.rows.values(), blobs, temporary, 64 << 20, new Random(1));
        SnapshotReader two = RandomTree.write(tree.rows.values(), blobs, temporary, 30_000, new Random(2));
        assertThat(two.root().tables()).isEqualTo(one.root().tables());
        assertThat(SnapshotRoot.fromBytes(one.root().toBytes())).isEqualTo(one.root());
    }

    @Test
    void anInsertionIntoALargeDirectoryMovesFewBlocks() {
        RandomTree tree = new RandomTree(31, blobs, 1);
        tree.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        for (int i = 0; i < 60_000; i++) {
            rows.add(tree.sample(Dir.root(), String.format("file-%07d", i * 10).getBytes(), FileType.REGULAR));
        }
        SnapshotReader before = RandomTree.write(rows, blobs, temporary, 64 << 20, new Random(1));
        int blocks = blobs.blobs.size();
        assertThat(blocks).isGreaterThan(15);
        blobs.forget();
        rows.add(tree.sample(Dir.root(), "file-0300005".getBytes(), FileType.FIFO));
        RandomTree.write(rows, blobs, temporary, 64 << 20, new Random(2));
        // rows, content, table node; one more each where the new row is a cut
        assertThat(blobs.fresh.size()).isLessThanOrEqualTo(8);
        assertThat(all(before.rows(RawPath.ROOT))).hasSize(60_001);
    }

    @Test
    void namesOnlyAndDataShareTheirRows() {
        RandomTree tree = new RandomTree(41, blobs, 1);
        tree.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        for (int i = 0; i < 20_000; i++) {
            rows.add(tree.sample(Dir.root(), ("f" + i).getBytes(), FileType.REGULAR));
        }
        RandomTree.write(rows, blobs, temporary, 64 << 20, new Random(1));
        blobs.forget();
        try (SnapshotWriter writer = new SnapshotWriter(
                blobs,
                temporary,
                SnapshotWriter.Options.defaults().content(false).atime(true))) {
            rows.forEach(row ->
                    writer.add(row.entry(), (int) row.entry().inode().id().device(), row.state(), row.content()));
            Tables names = writer.write();
            assertThat(blobs.fresh.size()).isLessThanOrEqualTo(2); // the table alone is new
            SnapshotReader reader = SnapshotReader.open(blobs, RandomTree.root(writer.counts(), names));
            assertThat(all(reader.rows(RawPath.ROOT))).hasSize(20_001);
        }
    }

    @Test
    void aDirectoryThatCouldNotBeListedIsMarked() {
        RandomTree tree = new RandomTree(51, blobs, 200);
        try (SnapshotWriter writer = new SnapshotWriter(blobs, temporary, SnapshotWriter.Options.defaults())) {
            Dir empty = Dir.root().child("unlisted".getBytes());
            writer.incomplete(Dir.root());
            tree.rows.values().forEach(row -> writer.add(row.entry(), 0, row.state(), row.content()));
            writer.incomplete(empty);
            SnapshotReader reader = SnapshotReader.open(blobs, RandomTree.root(writer.counts(), writer.write()));
            assertThat(reader.incompleteDirectories(10)).containsExactly(RawPath.ROOT, RawPath.of("unlisted"));
            assertThat(reader.isIncomplete(RawPath.of("unlisted"))).isTrue();
            assertThat(reader.isIncomplete(RawPath.of("other"))).isFalse();
            assertThat(all(reader.rows(RawPath.ROOT))).hasSize(200);
        }
    }

    @Test
    void theLastOfSeveralRowsOfOneNameCounts() {
        RandomTree tree = new RandomTree(61, blobs, 1);
        List<RandomTree.Sample> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(tree.sample(Dir.root(), "twice".getBytes(), FileType.REGULAR));
        }
        try (SnapshotWriter writer = new SnapshotWriter(
                blobs,
                temporary,
                SnapshotWriter.Options.defaults().memoryBytes(700).atime(true))) {
            rows.forEach(row ->
                    writer.add(row.entry(), (int) row.entry().inode().id().device(), row.state(), row.content()));
            SnapshotReader reader = SnapshotReader.open(blobs, RandomTree.root(writer.counts(), writer.write()));
            List<Row> found = all(reader.rows(RawPath.ROOT));
            assertThat(found).hasSize(1);
            assertSame(found.get(0), rows.get(4));
        }
    }
}
