package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.ScanFailure;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Extent;
import io.stripeline.layout.Layout;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.slab.SlabPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ReadTest extends ReadFixture {
    private void assertAllThere(Received sink) {
        assertThat(sink.order).isEqualTo(tree.names());
        for (String name : tree.names()) {
            assertThat(sink.outcome(name)).as(name).isEqualTo(Outcome.OK);
            assertThat(Arrays.equals(sink.contents.get(name), tree.node(name).content))
                    .as(name)
                    .isTrue();
        }
    }

    private void manyFiles() {
        for (int i = 0; i < 500; i++) {
            tree.file("f" + i, FakeTree.bytes(i, i * 37 % 9000));
        }
        tree.file("large", FakeTree.bytes(1, 300_001));
        tree.other("dir", FileType.DIRECTORY);
        tree.file("empty", new byte[0]);
        tree.file("large2", FakeTree.bytes(2, 1 << 20));
        tree.other("pipe", FileType.FIFO);
    }

    @Test
    void readsEverythingInTheOrderOfTheScan() {
        manyFiles();
        assertAllThere(run(100));
        assertThat(count(Counter.ENTRIES)).isEqualTo(505);
        assertThat(count(Counter.BYTES))
                .isEqualTo(tree.names().stream()
                        .mapToLong(name -> tree.node(name).content.length)
                        .sum());
        assertThat(job.problems().groups()).isEmpty();
    }

    @Test
    void aPoolOfOneSlabIsEnough() {
        slabs = SlabPool.of(1, 4096).traced();
        manyFiles();
        assertAllThere(run(7));
    }

    @Test
    void aPoolOfOneStripeWidthIsEnough() {
        slabs = SlabPool.of(4, 4096).traced();
        for (int i = 0; i < 20; i++) {
            tree.file("striped" + i, FakeTree.bytes(i, 200_000 + i)).attributes =
                    new Attributes(new byte[0], List.of(), 0, 0, new Layout.Striped(4096, 4, ""));
        }
        assertAllThere(run(5));
    }

    @Test
    void oneEntryAheadAndOneReaderAreEnough() {
        spec = spec.readAhead(1).readers(1).blockReaders(1);
        slabs = SlabPool.of(1, 4096).traced();
        manyFiles();
        assertAllThere(run(256));
    }

    @Test
    void blocksArriveInOrderHoweverTheReadsEnd() {
        SplittableRandom random = new SplittableRandom(7);
        tree.hook = (call, name, offset) -> {
            if (call.equals("read") && offset / 4096 % 3 == 0) {
                pause(2);
            }
        };
        tree.file("large", FakeTree.bytes(random.nextLong(), 400_000)).attributes =
                new Attributes(new byte[0], List.of(), 0, 0, new Layout.Striped(4096, 3, ""));
        slabs = SlabPool.of(64, 4096).traced();
        assertAllThere(run(5));
    }

    @Test
    void shortReadsAreContinued() {
        tree.mostPerRead = 1000;
        manyFiles();
        assertAllThere(run(50));
    }

    @Test
    void holesAreItems() {
        tree.file("sparse", new byte[100_000]).extents =
                List.of(new Extent(0, 10_000, true), new Extent(10_000, 5000, false), new Extent(15_000, 85_000, true));
        tree.file("hole", new byte[5000]).extents = List.of(new Extent(0, 5000, true));
        Received sink = run(10);
        assertAllThere(sink);
        assertThat(sink.holes)
                .containsExactly(new Item.Hole(0, 10_000), new Item.Hole(15_000, 85_000), new Item.Hole(0, 5000));
        assertThat(count(Counter.BYTES)).isEqualTo(5000);
    }

    @Test
    void aDriverThatAnswersAnotherExtentEndsTheJob() {
        tree.file("f", new byte[10_000]).extents = List.of();
        ContentSource wrong = Wrapped.extent(tree, (offset, end) -> new Extent(0, 100, false));
        assertThatThrownBy(() -> sink(new Received(), wrong, Flux.fromIterable(tree.batches(10))))
                .hasMessageContaining("where 100 was asked");
    }

    @Test
    void attributesAreInTheBegin() {
        Attributes attributes = new Attributes(
                "target".getBytes(),
                List.of(new Xattr("user.a".getBytes(), new byte[] {1})),
                0,
                3,
                new Layout.Striped(1 << 20, 4, "ssd"));
        tree.other("link", FileType.SYMLINK).attributes = attributes;
        tree.file("file", new byte[3]).attributes = attributes;
        Received sink = run(10);
        assertThat(sink.begins.get("link").attributes()).isEqualTo(attributes);
        assertThat(sink.begins.get("file").attributes()).isEqualTo(attributes);
    }

    @Test
    void unchangedRowsAreNotReadAndKeepTheirPlace() {
        for (int i = 0; i < 1000; i++) {
            tree.file("f" + i, FakeTree.bytes(i, 10));
        }
        Base.Known known = new Base.Known() {};
        base = new Base() {
            @Override
            public @Nullable Known unchanged(InodeBatch batch, int row) {
                return batch.path(row).toString().endsWith("7") ? null : known;
            }

            @Override
            public void close() {}
        };
        Received sink = run(256);
        List<String> expected = new ArrayList<>();
        tree.names().forEach(name -> expected.add(name.endsWith("7") ? name : "=" + name));
        assertThat(sink.order).isEqualTo(expected);
        assertThat(count(Counter.UNCHANGED)).isEqualTo(900);
        assertThat(count(Counter.UNCHANGED_BYTES)).isEqualTo(9000);
        assertThat(count(Counter.ENTRIES)).isEqualTo(1000);
        assertThat(tree.calls.stream().filter(call -> call.startsWith("open"))).hasSize(100);
    }

    @Test
    void failuresOfTheScanBecomeUnread() {
        tree.file("a", new byte[1]);
        InodeBatch batch = tree.batches(10).get(0);
        batch.addFailure(new ScanFailure(
                tree.root.child("dir".getBytes()), new byte[0], new PosixException("getdents64", Errno.EACCES, "dir")));
        batch.addFailure(
                new ScanFailure(tree.root, "gone".getBytes(), new PosixException("statx", Errno.ENOENT, "gone")));
        Received sink = new Received();
        sink(sink, tree, Flux.just(batch));
        assertThat(sink.order).containsExactly("a", "?dir");
        assertThat(count(Counter.FAILED)).isEqualTo(1);
        assertThat(count(Counter.VANISHED)).isEqualTo(1);
        assertThat(job.problems().groups()).singleElement().satisfies(group -> {
            assertThat(group.cause()).isEqualTo("getdents64: EACCES");
            assertThat(group.first().get(0).message()).contains("missing from this backup", "CAP_DAC_READ_SEARCH");
        });
    }

    @Test
    void theScansErrorComesAfterWhatItGave() {
        tree.file("a", new byte[5000]);
        Received sink = new Received();
        Flux<InodeBatch> broken = Flux.fromIterable(tree.batches(1))
                .concatWith(Flux.error(new PosixException("open", Errno.EIO, "/volume")));
        assertThatThrownBy(() -> sink(sink, tree, broken)).hasMessageContaining("/volume");
        assertThat(sink.order).containsExactly("a");
    }

    @Test
    void aBaseThatThrowsEndsTheJob() {
        tree.file("a", new byte[5000]);
        base = new Base() {
            @Override
            public @Nullable Known unchanged(InodeBatch batch, int row) {
                throw new IllegalArgumentException("broken base");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> run(1)).hasMessageContaining("broken base");
    }

    @Test
    void aBugOfTheDriverEndsTheJob() {
        manyFiles();
        tree.hook = (call, name, offset) -> {
            if (name.equals("f99") && call.equals("read")) {
                throw new NoSuchMethodError("not linked");
            }
        };
        assertThatThrownBy(() -> run(100))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("f99");
    }

    @Test
    void readsOnlyAWindowForASinkThatAsksForNothing() {
        for (int i = 0; i < 2000; i++) {
            tree.file("f" + i, FakeTree.bytes(i, 100));
        }
        slabs = SlabPool.of(500, 4096).traced();
        AtomicInteger batches = new AtomicInteger();
        Flux<Item> items = Flux.fromIterable(tree.batches(10))
                .doOnNext(batch -> batches.incrementAndGet())
                .transform(Read.items(tree, slabs, spec, base, job));
        List<Item> taken = new ArrayList<>();
        StepVerifier.create(
                        items.doOnDiscard(Item.Data.class, data -> data.slab().discard()), 0)
                .expectSubscription()
                .then(() -> Awaitility.await().until(() -> opened() >= 20))
                .then(() -> pause(200))
                .then(() -> assertThat(opened()).isLessThanOrEqualTo(8L + 64))
                .thenRequest(3)
                .consumeNextWith(item -> assertThat(item).isInstanceOf(Item.Begin.class))
                .consumeNextWith(item -> ((Item.Data) item).slab().release())
                .consumeNextWith(item -> assertThat(item).isInstanceOf(Item.End.class))
                .then(() -> pause(100))
                .then(() -> assertThat(opened()).isBetween(1L, 1L + 8 + 64))
                .then(() -> assertThat(batches.get()).isLessThan(20))
                .thenRequest(Long.MAX_VALUE)
                .recordWith(() -> taken)
                .thenConsumeWhile(item -> {
                    if (item instanceof Item.Data data) {
                        data.slab().release();
                    }
                    return true;
                })
                .expectComplete()
                .verify(Duration.ofSeconds(30));
        assertThat(taken).hasSize(3 * 1999);
    }

    private long opened() {
        return tree.calls.stream().filter(call -> call.startsWith("open")).count();
    }

    @Test
    void aLargeFileIsReadNoFurtherThanItsWindow() {
        tree.file("large", FakeTree.bytes(1, 4 << 20));
        slabs = SlabPool.of(500, 4096).traced();
        Flux<Item> items = Flux.fromIterable(tree.batches(10)).transform(Read.items(tree, slabs, spec, base, job));
        StepVerifier.create(
                        items.doOnDiscard(Item.Data.class, data -> data.slab().discard()), 0)
                .expectSubscription()
                .then(() -> Awaitility.await().until(() -> slabs.outstanding() >= 64))
                .then(() -> pause(200))
                .then(() -> assertThat(slabs.outstanding()).isLessThanOrEqualTo(64 + 4))
                .thenCancel()
                .verify(Duration.ofSeconds(30));
    }
}
