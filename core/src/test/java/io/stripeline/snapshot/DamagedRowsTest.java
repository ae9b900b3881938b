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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
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

    /** Many directories: a table of two levels. Keys of its leaves by the blob of each. */
    private final TreeMap<BlobId, String> leaves = new TreeMap<>();

    private SnapshotReader wide() {
        RandomTree tree = new RandomTree(3, blobs, 1);
        tree.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        for (int d = 1000; d < 2000; d++) {
            byte[] name = ("d" + d).getBytes();
            rows.add(tree.sample(Dir.root(), name, FileType.DIRECTORY));
            for (int f = 0; f < 20; f++) {
                rows.add(tree.sample(Dir.root().child(name), ("f" + f).getBytes(), FileType.FIFO));
            }
        }
        SnapshotReader out = RandomTree.write(rows, blobs, temporary, 64 << 20, new Random(1));
        TableRef ref = out.root().tables().get(0).directories();
        assertThat(ref.level()).isEqualTo(1);
        TableNode top = TableNode.decode(blobs.get(ref.top()), 1);
        assertThat(top.size).isGreaterThan(3);
        for (int i = 0; i < top.size; i++) {
            leaves.put(top.child(i), new String(top.key(i)));
        }
        return out;
    }

    private BlobId leaf(int number) {
        List<String> keys = leaves.values().stream().sorted().toList();
        return leaves.keySet().stream()
                .filter(id -> leaves.get(id).equals(keys.get(number)))
                .findFirst()
                .orElseThrow();
    }

    private List<String> keysOf(BlobId leaf) {
        TableNode node = TableNode.decode(blobs.get(leaf), 0);
        List<String> out = new ArrayList<>();
        for (int i = 0; i < node.size; i++) {
            out.add(new String(node.key(i)));
        }
        return out;
    }

    @Test
    void aDamagedTableNodeCostsItsDirectories() {
        SnapshotReader whole = wide();
        TreeSet<String> all = Read.of(whole.rows(RawPath.ROOT)).paths;
        for (int number = 0; number < leaves.size(); number++) {
            BlobId leaf = leaf(number);
            List<String> keys = keysOf(leaf);
            byte[] bytes = blobs.blobs.remove(leaf);
            Read read = Read.of(SnapshotReader.open(blobs, whole.root()).rows(RawPath.ROOT));
            TreeSet<String> expected = new TreeSet<>(all);
            expected.removeIf(path -> keys.contains(path.contains("/") ? path.substring(0, path.indexOf('/')) : ""));
            assertThat(read.paths).as("without leaf " + number).isEqualTo(expected);
            assertThat(read.damage).hasSize(1);
            assertThat(read.damage.get(0)).isInstanceOf(MissingRowsException.class);
            MissingRowsException missing = (MissingRowsException) read.damage.get(0);
            assertThat(missing.directory()).isEqualTo(RawPath.of(keys.get(0)));
            assertThat(missing.getMessage()).contains(leaf.toString());
            blobs.blobs.put(leaf, bytes);
        }
        blobs.blobs.remove(whole.root().tables().get(0).directories().top());
        Read nothing = Read.of(SnapshotReader.open(blobs, whole.root()).rows(RawPath.ROOT));
        assertThat(nothing.paths).isEmpty();
        assertThat(nothing.damage).hasSize(1);
    }

    @Test
    void whatIsAskedForIsNotHurtByDamageBesideIt() {
        SnapshotReader whole = wide();
        List<String> first = keysOf(leaf(1));
        String last = first.get(first.size() - 1);
        blobs.blobs.remove(leaf(2));
        SnapshotReader damaged = SnapshotReader.open(blobs, whole.root());
        assertThat(Read.of(damaged.rows(RawPath.of(last))).paths).hasSize(21);
        assertThat(Read.of(damaged.list(RawPath.of(last))).damage).isEmpty();
        Read gone = Read.of(damaged.list(RawPath.of(leaves.get(leaf(2)))));
        assertThat(gone.paths).isEmpty();
        assertThat(gone.damage).hasSize(1);
        Read below = Read.of(damaged.rows(RawPath.of(leaves.get(leaf(2)))));
        assertThat(below.paths).as("its own row").hasSize(1);
        assertThat(below.damage).hasSize(1);
    }

    @Test
    void eachDamagedDirectoryIsNamed() {
        SnapshotReader whole = tree("a");
        lose(whole, "a4");
        lose(whole, "a5");
        Read read = Read.of(SnapshotReader.open(blobs, whole.root()).rows(RawPath.ROOT));
        assertThat(read.paths).hasSize(1 + DIRECTORIES + (DIRECTORIES - 2) * FILES);
        assertThat(read.damage.stream()
                        .map(each -> ((MissingRowsException) each).directory().toString()))
                .containsExactly("a4", "a5");
    }

    @Test
    void whatIsBelowARowThatCannotBeReadIsGiven() {
        SnapshotReader whole = tree("a");
        blobs.blobs.put(whole.root().tables().get(0).directories().top(), new byte[] {0});
        Read nothing = Read.of(SnapshotReader.open(blobs, whole.root()).rows(RawPath.of("a1")));
        assertThat(nothing.paths).isEmpty();
        assertThat(nothing.damage).isNotEmpty();
        SnapshotReader root = wideRoot();
        lose(root, "");
        Read read = Read.of(SnapshotReader.open(blobs, root.root()).rows(RawPath.of("x7")));
        assertThat(read.paths).containsExactly("x7/f");
        assertThat(read.damage).hasSize(1);
    }

    /** A root of many names: its rows are a block of their own. */
    private SnapshotReader wideRoot() {
        RandomTree tree = new RandomTree(3, blobs, 1);
        tree.plain = true;
        List<RandomTree.Sample> rows = new ArrayList<>(tree.rows.values());
        for (int d = 0; d < FILES; d++) {
            byte[] name = ("x" + d).getBytes();
            rows.add(tree.sample(Dir.root(), name, FileType.DIRECTORY));
            rows.add(tree.sample(Dir.root().child(name), "f".getBytes(), FileType.FIFO));
        }
        return RandomTree.write(rows, blobs, temporary, 1 << 20, new Random(1));
    }

    private static List<String> differences(SnapshotSet before, SnapshotSet after, List<FormatException> damage) {
        List<String> out = new ArrayList<>();
        Diff diff = Diff.of(before, after, RawPath.ROOT);
        while (true) {
            assertThat(damage).as("the comparison goes on").hasSizeLessThan(10_000);
            try {
                Difference next = diff.next();
                if (next == null) {
                    return out;
                }
                out.add(next.getClass().getSimpleName() + " " + next.path());
            } catch (FormatException damaged) {
                damage.add(damaged);
            }
        }
    }

    private SnapshotSet reopened(SnapshotReader... shards) {
        return SnapshotSet.of(Stream.of(shards)
                .map(shard -> SnapshotReader.open(blobs, shard.root()))
                .toList());
    }

    @Test
    void whatIsMissingOnOneSideIsNoDifference() {
        SnapshotReader a = tree("a");
        SnapshotReader b = tree("b");
        SnapshotReader c = tree("c");
        lose(b, "b3");
        lose(b, "b4");
        lose(a, "a0");
        List<String> files = Read.of(tree("c").rows(RawPath.ROOT)).paths.stream()
                .filter(path -> path.startsWith("c"))
                .toList();
        List<FormatException> damage = new ArrayList<>();
        assertThat(differences(reopened(a, b), reopened(a, b, c), damage))
                .containsExactlyInAnyOrderElementsOf(
                        files.stream().map(path -> "Added " + path).toList());
        assertThat(damage).as("three on each side").hasSize(6);
        damage.clear();
        SnapshotReader whole = tree("b");
        List<String> found = differences(reopened(b), reopened(whole), damage);
        assertThat(found).as("the same rows, two blocks lost before").isEmpty();
    }

    @Test
    void aTreeIsComparedAroundALostNode() {
        SnapshotReader whole = wide();
        TreeSet<String> all = Read.of(whole.rows(RawPath.ROOT)).paths;
        SnapshotReader other = tree("e");
        for (int number = 1; number < leaves.size(); number++) {
            BlobId leaf = leaf(number);
            List<String> keys = keysOf(leaf);
            byte[] bytes = blobs.blobs.remove(leaf);
            TreeSet<String> expected = new TreeSet<>();
            all.stream()
                    .filter(path -> !path.equals(".") && !keys.contains(path.replaceAll("/.*", "")))
                    .forEach(path -> expected.add("Removed " + path));
            all.stream()
                    .filter(path -> !path.equals(".") && !path.contains("/"))
                    .forEach(path -> expected.add("Removed " + path));
            List<FormatException> damage = new ArrayList<>();
            List<String> found = differences(reopened(whole, other), reopened(other), damage);
            assertThat(damage).hasSize(1);
            found.remove("Changed .");
            assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
            damage.clear();
            found = differences(reopened(other), reopened(other, whole), damage);
            assertThat(found.stream().filter(each -> each.startsWith("Added"))).hasSize(expected.size());
            damage.clear();
            blobs.blobs.put(leaf, bytes);
            SnapshotSet sound = reopened(whole);
            Read.of(sound.rows(RawPath.ROOT)); // its nodes stay in memory
            blobs.blobs.remove(leaf);
            found = differences(sound, reopened(whole, other), damage);
            assertThat(damage).hasSize(1);
            assertThat(found).allMatch(each -> each.startsWith("Added e") || each.equals("Changed ."));
            blobs.blobs.put(leaf, bytes);
        }
    }
}
