package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.RawPath;
import io.stripeline.posix.Processes;
import io.stripeline.testkit.TreeFacts.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A literal looks the same on a disk and in memory, and a difference in any field is seen. */
class TreeTest {
    @TempDir
    Path dir;

    private static final Tree ODD = Tree.root(
            Tree.dir("a", Tree.file("f", 100).mode(04711), Tree.symlink("s", "../b"), Tree.fifo("p")),
            Tree.file("sparse", Content.hole(6L << 30).then(Content.of("end"))),
            Tree.file(new byte[] {(byte) 0xFF, '\n'}, Content.of("x")).mtime(-5, 1),
            Tree.file("x", 1).xattr("user.k", "v".getBytes(StandardCharsets.UTF_8)),
            Tree.hardLink("g", "a/f"),
            Tree.socket("sock"),
            Tree.dir("ro", Tree.file("in", 1)).mode(0555));

    @Test
    void aLiteralOnDiskAndInMemoryIsWhatItSays() throws Exception {
        DiskTree.create(dir, ODD);
        int uid = Processes.effectiveUid();
        int gid = (int) Files.getAttribute(dir, "unix:gid");
        TreeFacts.expected(ODD, uid, gid).assertSame(DiskFacts.of(dir));
        TreeFacts.expected(ODD, 0, 0).assertSame(FakeVolume.of(ODD).facts());
        DiskTree.clear(dir);
        assertThat(DiskFacts.of(dir).paths()).containsExactly(RawPath.ROOT);
    }

    @Test
    void everyFieldIsCompared() {
        Tree base = Tree.root(Tree.file("f", 5000), Tree.symlink("s", "t"));
        assertDiffers(base, Tree.root(Tree.file("f", 5000).mode(0600), Tree.symlink("s", "t")), Field.MODE);
        assertDiffers(base, Tree.root(Tree.file("f", 5000).owner(1, 0), Tree.symlink("s", "t")), Field.UID);
        assertDiffers(base, Tree.root(Tree.file("f", 5000).owner(0, 1), Tree.symlink("s", "t")), Field.GID);
        assertDiffers(base, Tree.root(Tree.file("f", 5000).mtime(1, 2), Tree.symlink("s", "t")), Field.MTIME);
        assertDiffers(
                base,
                Tree.root(Tree.file("f", 5000).xattr("user.a", new byte[1]), Tree.symlink("s", "t")),
                Field.XATTRS);
        assertDiffers(base, Tree.root(Tree.file("f", 5000).flags(0x40), Tree.symlink("s", "t")), Field.FLAGS);
        assertDiffers(base, Tree.root(Tree.file("f", 5000).project(7), Tree.symlink("s", "t")), Field.PROJECT);
        assertDiffers(base, Tree.root(Tree.file("f", 5000), Tree.symlink("s", "u")), Field.TARGET);
        assertDiffers(base, Tree.root(Tree.file("f", Content.random(1, 5000)), Tree.symlink("s", "t")), Field.CONTENT);
        assertThat(facts(base).differences(facts(Tree.root(Tree.file("f", 5000))), Set.of()))
                .containsExactly("s: missing in the actual tree");
        Tree two = Tree.root(Tree.file("f", 1), Tree.file("g", Content.random("f".hashCode() * 31L + 1, 1)));
        Tree linked = Tree.root(Tree.file("f", 1), Tree.hardLink("g", "f"));
        assertThat(facts(linked).differences(facts(two), Set.of()).toString()).contains("NAMES expected [f, g]");
    }

    @Test
    void dataInTheMidstOfAHoleIsSeen() {
        Content sparse = Content.of("a").then(Content.hole(4 << 20)).then(Content.of("b"));
        TreeFacts before = facts(Tree.root(Tree.file("f", sparse)));
        before.assertHolesKept(before);
        Content zeros = Content.of("a").then(Content.of(new byte[4 << 20])).then(Content.of("b"));
        TreeFacts after = facts(Tree.root(Tree.file("f", zeros)));
        assertThat(before.differences(after, Set.of(Field.SPARSE))).isEmpty();
        assertThatThrownBy(() -> before.assertHolesKept(after)).hasMessageContaining("f: data at 1, where a hole was");
        after.assertHolesKept(before);
    }

    private static TreeFacts facts(Tree tree) {
        return TreeFacts.expected(tree, 0, 0);
    }

    private static void assertDiffers(Tree a, Tree b, Field field) {
        assertThat(facts(a).differences(FakeVolume.of(b).facts(), Set.of()).toString())
                .contains(field.name());
        assertThat(facts(a).differences(FakeVolume.of(b).facts(), Set.of(field)))
                .isEmpty();
    }

    @Test
    void aFailureTellsPathFieldAndBothValues() {
        Tree other = Tree.root(Tree.file("f", 10).mode(0600));
        assertThatThrownBy(() -> facts(Tree.root(Tree.file("f", 10))).assertSame(facts(other)))
                .hasMessageContaining("f: MODE expected 644, found 600");
    }

    @Seeds(10)
    void randomTreesAreTheSameOnDisk(SplittableRandom random) throws Exception {
        Tree tree = RandomTrees.of(random, 60);
        DiskTree.create(dir, tree);
        int gid = (int) Files.getAttribute(dir, "unix:gid");
        TreeFacts.expected(tree, Processes.effectiveUid(), gid).assertSame(DiskFacts.of(dir));
        DiskTree.clear(dir);
    }

    @Seeds(20)
    void contentIsTheSameReadInAnyPieces(SplittableRandom random) {
        Content content = Content.random(random.nextLong(), 1 + random.nextInt(9_000))
                .then(Content.hole(1 + random.nextInt(5_000)))
                .then(Content.of("tail"))
                .truncate(1 + random.nextInt(16_000));
        byte[] whole = new byte[(int) content.length()];
        assertThat(content.read(0, whole, 0, whole.length)).isEqualTo(whole.length);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(whole.length);
            byte[] piece = new byte[1 + random.nextInt(whole.length - from)];
            assertThat(content.read(from, piece, 0, piece.length)).isEqualTo(piece.length);
            assertThat(piece).isEqualTo(Arrays.copyOfRange(whole, from, from + piece.length));
        }
    }
}
