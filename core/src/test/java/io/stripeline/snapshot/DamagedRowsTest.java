package io.stripeline.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is damaged costs what stood in it, and is said; all else comes. */
class DamagedRowsTest {
    private static final int DIRECTORIES = 10;
    private static final int FILES = 300;

    @TempDir
    Path temporary;

    private final MemoryBlobs blobs = new MemoryBlobs();

    /** What a stream gives to its end: paths, and what it said of damage. */
    private static final class Read {
        final TreeSet<String> paths = new TreeSet<>();
        final List<FormatException> damage = new ArrayList<>();

        static Read of(RowStream rows) {
            Read out = new Read();
            while (true) {
                assertThat(out.damage).as("the stream goes on").hasSizeLessThan(10_000);
                try {
                    Row row = rows.next();
                    if (row == null) {
                        return out;
                    }
                    assertThat(out.paths.add(row.path().toString())).isTrue();
                } catch (FormatException damaged) {
                    out.damage.add(damaged);
                }
            }
        }
    }

    /** Directories named {@code prefix0} and so on, each with files enough for a block of its own. */
    private SnapshotReader tree(String prefix) {
        RandomTree tree = new RandomTree(prefix.hashCode(), blobs, 1);
        tree.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        for (int d = 0; d < DIRECTORIES; d++) {
            byte[] name = (prefix + d).getBytes();
            rows.add(tree.sample(Dir.root(), name, FileType.DIRECTORY));
            Dir dir = Dir.root().child(name);
            for (int f = 0; f < FILES; f++) {
                rows.add(tree.sample(dir, ("file" + f).getBytes(), FileType.FIFO));
            }
        }
        return RandomTree.write(rows, blobs, temporary, 1 << 20, new Random(1));
    }

    /** Takes the block away that holds the rows of a directory. */
    private void lose(SnapshotReader snapshot, String directory) {
        Table.Found found = snapshot.directoryTables().get(0).find(Keys.of(RawPath.of(directory)));
        assertThat(blobs.blobs.remove(Part.decode(found.value()).blobs(blobs).get(0)))
                .isNotNull();
    }

    @Test
    void aDamagedDirectoryOfOneShardCostsThatDirectoryAlone() {
        SnapshotReader one = tree("a");
        SnapshotReader two = tree("b");
        TreeSet<String> all = Read.of(SnapshotSet.of(List.of(one, two)).rows(RawPath.ROOT)).paths;
        assertThat(all).hasSize(1 + 2 * DIRECTORIES * (FILES + 1));
        lose(one, "a0");
        lose(two, "b3");
        SnapshotSet damaged =
                SnapshotSet.of(List.of(SnapshotReader.open(blobs, one.root()), SnapshotReader.open(blobs, two.root())));
        Read read = Read.of(damaged.rows(RawPath.ROOT));
        all.removeIf(path -> path.startsWith("a0/") || path.startsWith("b3/"));
        assertThat(read.paths).isEqualTo(all);
        assertThat(read.damage).hasSize(2);
    }

    @Test
    void aNameIsFoundInTheShardThatCanBeRead() {
        SnapshotReader one = tree("a");
        SnapshotReader again = tree("a");
        lose(one, "a0");
        RandomTree other = new RandomTree(5, blobs, 1);
        other.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>();
        RandomTree.Sample sample = other.sample(Dir.root().child("a0".getBytes()), "file7".getBytes(), FileType.FIFO);
        rows.add(new RandomTree.Sample(sample.entry(), RowState.SETTLED, Content.NONE));
        SnapshotReader two = RandomTree.write(rows, blobs, temporary, 1 << 20, new Random(1));
        SnapshotSet set = SnapshotSet.of(List.of(SnapshotReader.open(blobs, again.root()), two));
        assertThat(set.find(RawPath.of("a0/file7")).snapshot()).isSameAs(two);
        assertThatThrownBy(() -> set.find(RawPath.of("a0/file8"))).isInstanceOf(FormatException.class);
    }
}
