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
    private static final int ROUNDS = 800;

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

    /** Does something that may meet damage; answers how often it did. */
    private static int met(Runnable what) {
        try {
            what.run();
            return 0;
        } catch (FormatException expected) {
            return 1;
        }
    }

    /** Everything of one row. */
    private static int read(Row row) {
        SnapshotReader snapshot = row.snapshot();
        int met = met(row::entry);
        met += met(row::state);
        met += met(() -> {
            Content content = row.content();
            content.blobs();
            if (content.kind() == Content.Kind.LINK) {
                row.linkTarget();
            }
            for (Pieces pieces = content.pieces(snapshot.blobs()); pieces.hasNext(); ) {
                pieces.next();
            }
        });
        met += met(() -> {
            snapshot.fileSystemId(row.rows().filesystem(row.index()));
            if (row.isDirectory()) {
                snapshot.findDirectory(
                        0, row.inode().id().high(), row.inode().id().low());
            }
        });
        return met;
    }

    /** Reads to the end, on behind all damage; answers how often it was met. */
    private static int readAll(SnapshotSet set, int most) {
        int met = 0;
        int rows = 0;
        RowStream stream = set.rows(RawPath.ROOT);
        while (true) {
            try {
                Row row = stream.next();
                if (row == null) {
                    break;
                }
                assertThat(++rows).as("rows").isLessThanOrEqualTo(most);
                met += read(row);
            } catch (FormatException expected) {
                assertThat(++met).as("damage met").isLessThan(10_000);
            }
        }
        assertThat(met > 0 || rows == most)
                .as("rows are there, or it is said: %d of %d", rows, most)
                .isTrue();
        return met + met(() -> set.shards().forEach(shard -> shard.incompleteDirectories(10)));
    }

    /** Compares to the end, on behind all damage. */
    private static int compareAll(SnapshotSet before, SnapshotSet after) {
        int met = 0;
        Diff diff = Diff.of(before, after, RawPath.ROOT);
        while (true) {
            try {
                if (diff.next() == null) {
                    return met;
                }
            } catch (FormatException expected) {
                assertThat(++met).as("damage met").isLessThan(10_000);
            }
        }
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
        Random random = new Random(seed);
        List<List<RandomTree.Sample>> parts = List.of(new ArrayList<>(), new ArrayList<>());
        rows.forEach(row -> parts.get(random.nextInt(2)).add(row));
        List<SnapshotRoot> shards = parts.stream()
                .map(part -> RandomTree.write(part, blobs, temporary, 1 << 20, new Random(seed))
                        .root())
                .toList();
        List<SnapshotRoot> whole = List.of(RandomTree.write(rows, blobs, temporary, 1 << 20, new Random(seed))
                .root());
        assertThat(readAll(open(whole, blobs), rows.size())).isZero();
        assertThat(readAll(open(shards, blobs), rows.size())).isZero();
        assertThat(compareAll(open(whole, blobs), open(shards, blobs))).isZero();
        List<BlobId> ids = new ArrayList<>(blobs.blobs.keySet());
        ids.removeIf(id -> blobs.blobs.get(id)[1] != 1); // values are raw bytes: any are fine
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            BlobId id = ids.get(random.nextInt(ids.size()));
            byte[] good = blobs.blobs.get(id);
            blobs.blobs.put(id, damage(good, random));
            try {
                int met = readAll(open(whole, blobs), rows.size()) + readAll(open(shards, blobs), rows.size());
                refused += met > 0 ? 1 : 0;
                if (round % 8 == 0) {
                    compareAll(open(whole, blobs), open(shards, blobs));
                }
            } catch (RuntimeException | AssertionError other) {
                throw new AssertionError("seed " + seed + " round " + round + " blob " + id, other);
            }
            blobs.blobs.put(id, good);
        }
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    private static SnapshotSet open(List<SnapshotRoot> roots, MemoryBlobs blobs) {
        return SnapshotSet.of(
                roots.stream().map(root -> SnapshotReader.open(blobs, root)).toList());
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
