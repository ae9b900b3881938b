package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.Difference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** The store's streams give what they are asked for and no more, and end when they are cancelled. */
@Timeout(60)
class StoreDemandTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final int FILES = 600;

    /** What the sink holds between its upstream and its thread. */
    private static final long ITEMS = 32;

    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();
    private final SlabPool slabs = SlabPool.of(8, 64 << 10);
    private final MemoryTree tree = new MemoryTree();
    private final Job job = Job.start();

    @BeforeEach
    void fill() {
        for (int i = 0; i < FILES; i++) {
            tree.file("f" + i, MemoryTree.random(i, 50_000));
        }
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(10)).until(() -> slabs.outstanding() == 0);
        await().atMost(Duration.ofSeconds(10)).until(() -> engine.openSessions.get() == 0);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(
                                thread -> thread.getName().matches("stripeline-(store|list|restore|chunk|fetch).*")));
    }

    private DedupStore store() {
        return new DedupStore(engine, FixedCutter::new, temporary);
    }

    private Backup open() {
        BackupOptions options = BackupOptions.standard().temporary(temporary);
        return store().backup(MemoryTree.SOURCE, options, DedupStore.Compare.STRICT, job);
    }

    private StoredSet stored() {
        try (Backup backup = open()) {
            Report report = Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(LONG);
            return store().find(report.id(), job);
        }
    }

    private static boolean release(Item item) {
        if (item instanceof Item.Data data) {
            data.slab().release();
        }
        return true;
    }

    // ---- into the store

    @Test
    void theSinkAsksForAWindowAndAnswersWhenItIsAsked() {
        AtomicLong asked = new AtomicLong();
        AtomicLong given = new AtomicLong();
        AtomicLong ahead = new AtomicLong();
        try (Backup backup = open()) {
            Flux<Item> counted = tree.items(slabs, backup.base())
                    .doOnNext(item -> given.incrementAndGet())
                    .doOnRequest(n -> ahead.accumulateAndGet(asked.addAndGet(n) - given.get(), Math::max));
            StepVerifier.create(Pipelines.run(counted, backup.sink()), 0)
                    .expectSubscription()
                    .then(() -> await().atMost(LONG).until(() -> !engine.roots.isEmpty()))
                    .thenRequest(1)
                    .expectNextMatches(Report::isComplete)
                    .expectComplete()
                    .verify(LONG);
        }
        assertThat(given.get()).isGreaterThan(2L * FILES);
        assertThat(ahead.get()).isBetween(1L, ITEMS);
    }

    @Test
    void aCancelOfTheSinkIsOneOfItsUpstreamAndCommitsNothing() {
        TestPublisher<Item> items = TestPublisher.create();
        try (Backup backup = open()) {
            StepVerifier.create(Pipelines.run(items.flux(), backup.sink()), 0)
                    .expectSubscription()
                    .thenRequest(1)
                    .then(() -> items.assertMinRequested(ITEMS).assertMaxRequested(ITEMS))
                    .thenCancel()
                    .verify(LONG);
            items.assertCancelled();
        }
        assertThat(engine.roots).isEmpty();
    }

    /** A mebibyte for each file; the root has none, which would be stored by the thread that takes items. */
    private void giveLargeAttributes() {
        Xattr value = new Xattr(new byte[] {'v'}, new byte[1 << 20]); // one for all: the test itself holds little
        Attributes large = new Attributes(new byte[0], List.of(value), 0, 0, null);
        tree.nodes.replaceAll((path, node) ->
                new MemoryTree.Node(node.inode(), path.isRoot() ? Attributes.NONE : large, node.content()));
    }

    /** One chunk is not stored for a while: the rows behind it wait, and with them few attributes of a mebibyte. */
    @Test
    void rowsThatWaitHoldFewLargeAttributes() throws Exception {
        giveLargeAttributes();
        CountDownLatch stored = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        engine.putFailure = () -> {
            if (first.getAndSet(false)) {
                await().atMost(LONG).until(() -> stored.getCount() == 0);
            }
        };
        AtomicLong begun = new AtomicLong();
        try (Backup backup = open()) {
            engine.putsLeft.set(1);
            Flux<Item> items = tree.items(slabs, backup.base()).doOnNext(item -> {
                if (item instanceof Item.Begin) {
                    begun.incrementAndGet();
                }
            });
            CompletableFuture<Report> report =
                    Pipelines.run(items, backup.sink()).toFuture();
            long now = -1;
            while (now != begun.get()) {
                now = begun.get();
                Thread.sleep(300);
            }
            // five rows that wait, one in hand, and what the queue holds
            assertThat(now).isBetween(5L, 7 + ITEMS / 2);
            stored.countDown();
            assertThat(report.get(50, TimeUnit.SECONDS).isComplete()).isTrue();
        }
        assertThat(begun.get()).isEqualTo(FILES + 1);
    }

    /** Content that no index names: of the index on disk each 32nd row is looked up, the root first, until one is missed. */
    @Test
    void contentThatNoIndexNamesIsReadAgain() {
        stored();
        engine.blobs.values().removeIf(blob -> blob.length == 20_000 || blob.length == 10_000); // of its chunks
        engine.onDisk = true;
        stored();
        assertThat(tree.read).hasSize(FILES - 30);
        engine.onDisk = false;
        stored();
        assertThat(tree.read).hasSize(30);
        stored();
        assertThat(tree.read).isEmpty();
    }

    // ---- out of it

    @Test
    void aRestoreReadsAWindowAheadOfWhatIsAsked() {
        StoredSet set = stored();
        int before = engine.gets.get();
        Flux<Item> items = store().restore(set, List.of(), slabs, job);
        StepVerifier.create(
                        items.doOnDiscard(Item.Data.class, data -> data.slab().discard()), 0)
                .expectSubscription()
                .then(() -> assertThat(engine.gets.get())
                        .as("nothing was asked for")
                        .isEqualTo(before))
                .thenRequest(3)
                .expectNextMatches(Item.Begin.class::isInstance) // the root
                .expectNextMatches(Item.End.class::isInstance)
                .expectNextMatches(Item.Begin.class::isInstance)
                .then(() -> assertThat(slabs.outstanding()).isZero())
                .thenRequest(1)
                .expectNextMatches(item -> item instanceof Item.Data && release(item))
                // 8 MiB of 1800 chunks of 20,000 bytes at most, and tables
                .then(() -> assertThat(engine.gets.get() - before).isLessThan(FILES))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(StoreDemandTest::release)
                .expectComplete()
                .verify(LONG);
        assertThat(engine.gets.get() - before).isGreaterThan(3 * FILES);
    }

    @Test
    void aRestoreReadsFewLargeAttributesAhead() {
        giveLargeAttributes();
        StoredSet set = stored();
        int before = engine.gets.get();
        StepVerifier.create(
                        store().restore(set, List.of(), slabs, job)
                                .doOnNext(Item::release)
                                .doOnDiscard(
                                        Item.Data.class, data -> data.slab().discard()),
                        0)
                .expectSubscription()
                .thenRequest(3) // the root, and the first file's Begin
                .expectNextCount(3)
                // 8 MiB ahead are eight files, each one value and three chunks, and tables
                .then(() -> assertThat(engine.gets.get() - before).isBetween(9, 60))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(item -> true)
                .expectComplete()
                .verify(LONG);
        assertThat(engine.gets.get() - before).isGreaterThan(4 * FILES);
    }

    @Test
    void aCancelledRestoreGivesBackWhatItHolds() {
        StoredSet set = stored();
        for (int items : new int[] {0, 1, 4, 5, 700}) {
            AtomicBoolean cancelled = new AtomicBoolean();
            Flux<Item> some = store().restore(set, List.of(), slabs, job)
                    .doOnNext(StoreDemandTest::release)
                    .doOnCancel(() -> cancelled.set(true))
                    .doOnDiscard(Item.Data.class, data -> data.slab().discard());
            StepVerifier.FirstStep<Item> start = StepVerifier.create(some, items);
            (items == 0 ? start.expectSubscription() : start.expectNextCount(items))
                    .thenCancel()
                    .verify(LONG);
            assertThat(cancelled).isTrue();
        }
    }

    @Test
    void aListGivesWhatIsAsked() {
        StoredSet set = stored();
        StepVerifier.create(
                        store().list(set, RawPath.ROOT, true)
                                .map(row -> row.path().toString()),
                        0)
                .expectSubscription()
                .thenRequest(2)
                .expectNext(".")
                .expectNext("f0")
                .thenRequest(1)
                .expectNext("f1")
                .thenCancel()
                .verify(LONG);
    }

    @Test
    void aDiffGivesWhatIsAsked() {
        StoredSet before = stored();
        tree.file("f5", MemoryTree.random(9, 10)).file("g", MemoryTree.random(9, 10));
        StoredSet after = stored();
        Flux<Difference> diff = store().diff(before, after, RawPath.ROOT);
        StepVerifier.create(diff, 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(Long.MAX_VALUE)
                .expectComplete()
                .verify(LONG);
        StepVerifier.create(diff, 1).expectNextCount(1).thenCancel().verify(LONG);
    }
}
