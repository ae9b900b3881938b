package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are not what they should be end in a FormatException, whatever they are. */
class BrokenBytesTest {
    private static final int ROUNDS = 1500;

    @TempDir
    Path temporary;

    private static byte[] damage(byte[] bytes, Random random) {
        byte[] out = bytes.clone();
        switch (random.nextInt(4)) {
            case 0:
                return Arrays.copyOf(out, random.nextInt(out.length));
            case 1:
                out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
                return out;
            case 2:
                int from = random.nextInt(out.length);
                for (int i = from; i < Math.min(out.length, from + 6); i++) {
                    out[i] = (byte) 0xFF; // long numbers
                }
                return out;
            default:
                out[random.nextInt(Math.min(out.length, 24))] = (byte) random.nextInt();
                return out;
        }
    }

    /** Reads everything that a snapshot holds. */
    private static void readAll(SnapshotReader snapshot) {
        RowStream rows = snapshot.rows(RawPath.ROOT);
        for (Row row = rows.next(); row != null; row = rows.next()) {
            row.entry();
            row.state();
            Content content = row.content();
            content.blobs();
            if (content.kind() == Content.Kind.LINK) {
                row.linkTarget();
            }
            for (Pieces pieces = content.pieces(snapshot.blobs()); pieces.hasNext(); ) {
                pieces.next();
            }
            snapshot.fileSystemId(row.rows().filesystem(row.index()));
            if (row.isDirectory()) {
                snapshot.findDirectory(
                        0, row.inode().id().high(), row.inode().id().low());
            }
        }
        snapshot.incompleteDirectories(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void blobs(long seed) {
        MemoryBlobs blobs = new MemoryBlobs();
        RandomTree tree = new RandomTree(seed, blobs, 150);
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        tree.plain = true;
        for (int i = 0; i < 200; i++) {
            rows.add(tree.sample(Dir.root(), ("wide" + i).getBytes(), FileType.REGULAR));
        }
        SnapshotReader whole = RandomTree.write(rows, blobs, temporary, 1 << 20, new Random(seed));
        readAll(whole);
        Random random = new Random(seed);
        List<BlobId> ids = new ArrayList<>(blobs.blobs.keySet());
        ids.removeIf(id -> blobs.blobs.get(id)[1] != 1); // values are raw bytes: any are fine
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            BlobId id = ids.get(random.nextInt(ids.size()));
            byte[] good = blobs.blobs.get(id);
            blobs.blobs.put(id, damage(good, random));
            try {
                readAll(SnapshotReader.open(blobs, whole.root()));
            } catch (FormatException expected) {
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + " round " + round + " blob " + id, other);
            }
            blobs.blobs.put(id, good);
        }
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void roots(long seed) {
        byte[] good = RandomTree.root(Counts.ZERO, new Tables(new TableRef(MemoryBlobs.id(new byte[3]), 1, 5), null))
                .toBytes();
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            try {
                SnapshotRoot.fromBytes(damage(good, random));
            } catch (FormatException expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(5_000);
    }
}
