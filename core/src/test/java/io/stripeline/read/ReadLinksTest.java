package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** An inode with several names is read once, and never not at all. */
class ReadLinksTest extends ReadFixture {
    @TempDir
    Path directory;

    @Test
    void laterNamesAreLinksToTheFirst() {
        tree.links(FakeTree.bytes(1, 9000), "a", "b", "c");
        tree.file("d", FakeTree.bytes(2, 10));
        Received sink = run(10);
        assertThat(sink.order).containsExactly("a", "b", "c", "d");
        assertThat(sink.links).isEqualTo(Map.of("b", "a", "c", "a"));
        assertThat(sink.contents.get("a")).isEqualTo(FakeTree.bytes(1, 9000));
        assertThat(count(io.stripeline.flow.Progress.Counter.ENTRIES)).isEqualTo(4);
    }

    @Test
    void theNextNameIsReadWhereTheFirstFailed() {
        tree.links(FakeTree.bytes(1, 9000), "a", "b", "c", "d");
        tree.fault("read", "a", Errno.EIO);
        tree.fault("open", "b", Errno.EACCES);
        Received sink = run(2);
        assertThat(sink.outcome("a")).isInstanceOf(Outcome.Failed.class);
        assertThat(sink.outcome("b")).isInstanceOf(Outcome.Failed.class);
        assertThat(sink.contents.get("c")).isEqualTo(FakeTree.bytes(1, 9000));
        assertThat(sink.links).isEqualTo(Map.of("d", "c"));
    }

    @Test
    void theNextNameIsReadWhereTheFirstVanished() {
        tree.links(FakeTree.bytes(1, 900_000), "a", "b", "c");
        List<InodeBatch> batches = tree.batches(10);
        tree.remove("a");
        Received sink = new Received();
        sink(sink, tree, Flux.fromIterable(batches));
        assertThat(sink.order).containsExactly("b", "c");
        assertThat(sink.contents.get("b")).isEqualTo(FakeTree.bytes(1, 900_000));
        assertThat(sink.links).isEqualTo(Map.of("c", "b"));
    }

    @Test
    void theNextNameIsReadWhereTheFirstIsAnotherFileByNow() {
        tree.links(FakeTree.bytes(1, 900), "a", "b");
        List<InodeBatch> batches = tree.batches(10);
        tree.file("a", FakeTree.bytes(5, 100));
        Received sink = new Received();
        sink(sink, tree, Flux.fromIterable(batches));
        assertThat(sink.contents.get("a")).isEqualTo(FakeTree.bytes(5, 100));
        assertThat(sink.contents.get("b")).isEqualTo(FakeTree.bytes(1, 900));
        assertThat(sink.links).isEmpty();
    }

    @Test
    void theNextNameIsReadWhereTheFirstIsAnotherFileWithTheSameNumberByNow() {
        tree.links(FakeTree.bytes(1, 900), "a", "b");
        List<InodeBatch> batches = tree.batches(10);
        Timestamp later = new Timestamp(FakeTree.OLD.seconds() + 1, 0);
        FakeTree.Node node = tree.file("a", FakeTree.bytes(5, 900));
        node.inode = FakeTree.reused(tree.node("b").inode, 900, FakeTree.OLD, later);
        Received sink = new Received();
        sink(sink, tree, Flux.fromIterable(batches));
        assertThat(sink.contents.get("a")).isEqualTo(FakeTree.bytes(5, 900));
        assertThat(sink.contents.get("b")).isEqualTo(FakeTree.bytes(1, 900));
        assertThat(sink.links).isEmpty();
    }

    /** As where all names of an inode were removed after one of them was read, and its number was given away again. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 4})
    void anInodeThatGotTheNumberOfAnotherIsReadItself(int inMemory) {
        spec = spec.links(inMemory, directory);
        int inodes = 60;
        Timestamp later = new Timestamp(FakeTree.OLD.seconds() + 1, 0);
        for (int i = 0; i < inodes; i++) {
            tree.links(FakeTree.bytes(i, 900), "a" + i, "gone" + i);
            tree.names().remove("gone" + i);
        }
        for (int i = 0; i < inodes; i++) {
            int size = i % 3 == 0 ? 901 : 900;
            Timestamp mtime = i % 3 == 1 ? later : FakeTree.OLD;
            Timestamp btime = i % 3 == 2 ? later : FakeTree.OLD;
            FakeTree.Node node = tree.file("b" + i, FakeTree.bytes(1000 + i, size));
            node.inode = FakeTree.reused(tree.node("a" + i).inode, size, mtime, btime);
        }
        Received sink = run(40);
        assertThat(sink.links).isEmpty();
        for (int i = 0; i < inodes; i++) {
            assertThat(sink.contents.get("a" + i)).isEqualTo(FakeTree.bytes(i, 900));
            assertThat(sink.contents.get("b" + i)).isEqualTo(FakeTree.bytes(1000 + i, i % 3 == 0 ? 901 : 900));
        }
    }

    @Test
    void manyFailuresOfFirstNamesNeedNoMoreThanOneSlab() {
        slabs = io.stripeline.slab.SlabPool.of(1, SLAB).traced();
        for (int i = 0; i < 50; i++) {
            tree.links(FakeTree.bytes(i, 20_000), "a" + i, "b" + i, "c" + i);
            tree.fault("open", "a" + i, Errno.EACCES);
            tree.file("x" + i, FakeTree.bytes(i, 20_000));
        }
        Received sink = run(30);
        for (int i = 0; i < 50; i++) {
            assertThat(sink.contents.get("b" + i)).isEqualTo(FakeTree.bytes(i, 20_000));
            assertThat(sink.links).containsEntry("c" + i, "b" + i);
        }
    }

    @Test
    void whatDoesNotFitInMemoryIsFoundAgain() {
        spec = spec.links(4, directory);
        int inodes = 300;
        List<String> first = new ArrayList<>();
        for (int i = 0; i < inodes; i++) {
            tree.links(FakeTree.bytes(i, 100), "a" + i, "b" + i, "c" + i);
            first.add("a" + i);
        }
        SplittableRandom random = new SplittableRandom(3);
        List<String> shuffled = new ArrayList<>(tree.names());
        for (int i = shuffled.size() - 1; i > 0; i--) {
            java.util.Collections.swap(shuffled, i, random.nextInt(i + 1));
        }
        tree.names().clear();
        tree.names().addAll(shuffled);
        Received sink = run(40);
        assertThat(sink.order).isEqualTo(shuffled);
        assertThat(sink.contents).hasSize(inodes);
        assertThat(sink.links).hasSize(2 * inodes);
        Map<String, String> firsts = new HashMap<>();
        shuffled.forEach(name -> firsts.putIfAbsent(name.substring(1), name));
        sink.links.forEach((name, to) -> assertThat(to).isEqualTo(firsts.get(name.substring(1))));
        assertThat(job.problems().groups()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void withoutAFileForThemNamesAreReadAgainAndReported() {
        spec = spec.links(4, directory.resolve("missing"));
        for (int i = 0; i < 100; i++) {
            tree.links(FakeTree.bytes(i, 100), "a" + i, "b" + i);
        }
        tree.names().sort(null);
        Received sink = run(40);
        assertThat(sink.order).hasSize(200);
        assertThat(sink.links).isEmpty();
        for (int i = 0; i < 100; i++) {
            assertThat(sink.contents.get("b" + i)).isEqualTo(FakeTree.bytes(i, 100));
        }
        assertThat(job.problems().groups()).singleElement().satisfies(group -> {
            assertThat(group.cause()).isEqualTo("hard links");
            assertThat(group.count()).isEqualTo(1);
        });
    }

    @Test
    void aLinkCarriesItsOwnEntry() {
        tree.links(FakeTree.bytes(1, 10), "a", "b");
        List<Item> items = Flux.fromIterable(tree.batches(10))
                .transform(Read.items(tree, slabs, spec, base, job))
                .doOnNext(item -> {
                    if (item instanceof Item.Data data) {
                        data.slab().release();
                    }
                })
                .collectList()
                .block();
        Item.Link link = (Item.Link) items.get(3);
        assertThat(link.entry().path().toString()).isEqualTo("b");
        assertThat(link.entry().inode()).isEqualTo(tree.node("a").inode);
        assertThat(link.first().toString()).isEqualTo("a");
    }
}
