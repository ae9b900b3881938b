package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiffTest {
    @TempDir
    Path temporary;

    private final MemoryBlobs blobs = new MemoryBlobs();

    private static Map<RawPath, String> found(SnapshotSet before, SnapshotSet after) {
        Map<RawPath, String> out = new TreeMap<>();
        Diff diff = Diff.of(before, after, RawPath.ROOT);
        for (Difference d = diff.next(); d != null; d = diff.next()) {
            assertThat(out.put(d.path(), d.getClass().getSimpleName())).isNull();
        }
        return out;
    }

    /** A row without what a diff does not look at. */
    private static List<Object> compared(RandomTree.Sample row) {
        Inode i = row.entry().inode();
        return List.of(
                i.id(),
                i.mode(),
                i.uid(),
                i.gid(),
                i.sizeBytes(),
                i.nlink(),
                i.rdev(),
                i.mtime(),
                i.ctime(),
                row.entry().attributes(),
                row.state().outcome(),
                row.content());
    }

    private static Map<RawPath, String> naive(
            Map<RawPath, RandomTree.Sample> before, Map<RawPath, RandomTree.Sample> after) {
        Map<RawPath, String> out = new TreeMap<>();
        before.forEach((path, row) -> {
            RandomTree.Sample now = after.get(path);
            if (now == null) {
                out.put(path, "Removed");
            } else if (!compared(now).equals(compared(row))) {
                out.put(path, "Changed");
            }
        });
        after.keySet().stream().filter(path -> !before.containsKey(path)).forEach(path -> out.put(path, "Added"));
        return out;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void isWhatANaiveComparisonFinds(long seed) {
        RandomTree tree = new RandomTree(seed, blobs, 600);
        Map<RawPath, RandomTree.Sample> before = new HashMap<>(tree.rows);
        SnapshotReader one = RandomTree.write(tree.rows.values(), blobs, temporary, 1 << 20, new Random(seed));
        tree.mutate((int) seed * 5);
        SnapshotReader two = RandomTree.write(tree.rows.values(), blobs, temporary, 1 << 20, new Random(seed));
        assertThat(found(SnapshotSet.of(List.of(one)), SnapshotSet.of(List.of(two))))
                .isEqualTo(naive(before, tree.rows));
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void shardsAreMergedByName(long seed) {
        RandomTree tree = new RandomTree(seed, blobs, 600);
        Map<RawPath, RandomTree.Sample> before = new HashMap<>(tree.rows);
        SnapshotSet one = shards(tree, 3, seed);
        assertThat(SnapshotRoundTripTest.all(one.rows(RawPath.ROOT)).stream().map(Row::path))
                .hasSameElementsAs(before.keySet())
                .hasSize(before.size());
        tree.mutate(20);
        SnapshotSet two = shards(tree, 4, seed + 1);
        assertThat(found(one, two)).isEqualTo(naive(before, tree.rows));
    }

    /** Every row in one shard by chance, directories in several. */
    private SnapshotSet shards(RandomTree tree, int count, long seed) {
        List<List<RandomTree.Sample>> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new ArrayList<>());
        }
        Random random = new Random(seed);
        for (RandomTree.Sample row : tree.rows.values()) {
            parts.get(random.nextInt(count)).add(row);
            if (row.entry().inode().isDirectory()) {
                parts.get(0).add(row);
            }
        }
        return SnapshotSet.of(parts.stream()
                .map(part -> RandomTree.write(part, blobs, temporary, 1 << 20, random))
                .toList());
    }

    @Test
    void readsOnlyWhatDiffers() {
        RandomTree tree = new RandomTree(31, blobs, 40_000);
        SnapshotReader one = RandomTree.write(tree.rows.values(), blobs, temporary, 64 << 20, new Random(1));
        int all = blobs.blobs.size();
        tree.mutate(1);
        SnapshotReader two = RandomTree.write(tree.rows.values(), blobs, temporary, 64 << 20, new Random(1));
        blobs.forget();
        found(SnapshotSet.of(List.of(one)), SnapshotSet.of(List.of(two)));
        assertThat(blobs.gets).isLessThan(all / 4);
    }
}
