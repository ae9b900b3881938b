package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot of version 1 as it was written when version 1 was made. It must be readable for ever; if this test fails,
 * the reader is wrong, not the file. {@code -Dgolden.write=FILE} writes a new one, for a new version.
 */
class GoldenSnapshotTest {
    private static final String GOLDEN = "/snapshot/version-1.golden";
    private static final long SEED = 2026;

    @TempDir
    Path temporary;

    /** The rows that the golden file holds: made by java.util.Random, whose sequence is specified. */
    private static List<RandomTree.Sample> rows(MemoryBlobs blobs) {
        RandomTree tree = new RandomTree(SEED, blobs, 120);
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        tree.plain = true;
        Dir wide = Dir.root().child("wide".getBytes());
        for (int i = 0; i < 1500; i++) {
            rows.add(tree.sample(wide, ("row" + i).getBytes(), FileType.REGULAR));
        }
        return rows;
    }

    @Test
    void version1IsRead() throws IOException {
        String target = System.getProperty("golden.write");
        if (target != null) {
            write(Path.of(target));
        }
        MemoryBlobs blobs = new MemoryBlobs();
        SnapshotRoot root = read(blobs);
        SnapshotReader snapshot = SnapshotReader.open(blobs, root);
        List<RandomTree.Sample> expected = rows(new MemoryBlobs());
        assertThat(SnapshotRoundTripTest.all(snapshot.rows(RawPath.ROOT))).hasSize(expected.size());
        for (RandomTree.Sample sample : expected) {
            Row row = java.util.Objects.requireNonNull(
                    snapshot.find(sample.entry().path()));
            assertThat(row.entry()).isEqualTo(sample.entry());
            assertThat(row.state()).isEqualTo(sample.state());
            assertThat(row.content()).isEqualTo(sample.content());
            row.content()
                    .pieces(blobs)
                    .forEachRemaining(piece -> assertThat(piece.lengthBytes()).isPositive());
        }
        assertThat(root.toBytes())
                .isEqualTo(SnapshotRoot.fromBytes(root.toBytes()).toBytes());
    }

    @Test
    void thisWriterStillWritesTheSameBytes() throws IOException {
        MemoryBlobs golden = new MemoryBlobs();
        SnapshotRoot root = read(golden);
        MemoryBlobs blobs = new MemoryBlobs();
        SnapshotReader now = RandomTree.write(rows(blobs), blobs, temporary, 1 << 20, new Random(1));
        assertThat(now.root()).isEqualTo(root);
        assertThat(blobs.blobs.keySet()).isEqualTo(golden.blobs.keySet());
    }

    private static SnapshotRoot read(MemoryBlobs blobs) throws IOException {
        try (InputStream file = GoldenSnapshotTest.class.getResourceAsStream(GOLDEN)) {
            assertThat(file).as("golden file").isNotNull();
            DataInputStream in = new DataInputStream(file);
            SnapshotRoot root = SnapshotRoot.fromBytes(in.readNBytes(in.readInt()));
            for (int count = in.readInt(); count > 0; count--) {
                byte[] blob = in.readNBytes(in.readInt());
                blobs.blobs.put(MemoryBlobs.id(blob), blob);
            }
            return root;
        }
    }

    private void write(Path file) throws IOException {
        MemoryBlobs blobs = new MemoryBlobs();
        SnapshotReader snapshot = RandomTree.write(rows(blobs), blobs, temporary, 1 << 20, new Random(1));
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            byte[] root = snapshot.root().toBytes();
            out.writeInt(root.length);
            out.write(root);
            out.writeInt(blobs.blobs.size());
            for (Map.Entry<BlobId, byte[]> blob : blobs.blobs.entrySet()) {
                out.writeInt(blob.getValue().length);
                out.write(blob.getValue());
            }
        }
    }
}
