package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.slab.SlabPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JVM cannot go on from ends a backup, a restore or a list, on whatever thread it comes up. */
@Timeout(60)
class StoreErrorTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();
    private final SlabPool slabs = SlabPool.of(8, 64 << 10);
    private final MemoryTree tree = new MemoryTree();
    private final Job job = Job.start();

    private static void notLinked() {
        throw new NoClassDefFoundError("not linked");
    }

    @BeforeEach
    void fill() {
        tree.directory("d").file("d/large", MemoryTree.random(1, 900_000)).file("small", MemoryTree.random(2, 100));
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(10)).until(() -> slabs.outstanding() == 0);
        assertThat(engine.openSessions).hasValue(0);
    }

    private DedupStore store() {
        return new DedupStore(engine, FixedCutter::new, temporary);
    }

    private Report backup(DedupStore store) {
        BackupOptions options = BackupOptions.standard().temporary(temporary);
        try (Backup backup = store.backup(MemoryTree.SOURCE, options, DedupStore.Compare.STRICT, job)) {
            return Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(LONG);
        }
    }

    /** On a thread that stores chunks, or on the sink's own where the last one is of its tables. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 40, 46})
    void ofThePutOfABlob(long nth) {
        engine.putsLeft.set(nth);
        engine.putFailure = StoreErrorTest::notLinked;
        assertThatThrownBy(() -> backup(store()))
                .isInstanceOf(RuntimeException.class)
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        assertThat(engine.roots).isEmpty();
    }

    @Test
    void ofTheThreadThatTakesTheItems() {
        FileChunks.Cutter broken = new FileChunks.Cutter() {
            @Override
            public void feed(java.nio.ByteBuffer bytes, java.util.function.Consumer<java.nio.ByteBuffer> chunks) {
                notLinked();
            }

            @Override
            public void finish(java.util.function.Consumer<java.nio.ByteBuffer> chunks) {}

            @Override
            public void reset() {}
        };
        assertThatThrownBy(() -> backup(new DedupStore(engine, () -> broken, temporary)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Storing stopped")
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        assertThat(engine.roots).isEmpty();
    }

    /** The store is broken once the snapshot is committed: told at once, and nobody waits for an end that has been. */
    @Test
    void ofTheEndOfASession() {
        engine.afterClose = () -> {
            throw new IllegalStateException("disk gone");
        };
        assertThatThrownBy(() -> backup(store()))
                .hasStackTraceContaining("disk gone")
                .satisfies(failure -> assertThat(failure.toString() + List.of(failure.getSuppressed()))
                        .doesNotContain("still writes"));
        assertThat(engine.roots).hasSize(1);
    }

    /** Of a table, which the restore's own thread reads, or of a chunk, which another one fetches. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 10})
    void ofTheReadOfABlob(int nth) {
        backup(store());
        StoredSet latest = store().find("latest", job);
        int first = engine.gets.get() + nth;
        engine.beforeGet = () -> {
            if (engine.gets.get() >= first) {
                notLinked();
            }
        };
        assertThatThrownBy(() -> store().restore(latest, List.of(), slabs, job)
                        .doOnNext(item -> {
                            if (item instanceof Item.Data data) {
                                data.slab().release();
                            }
                        })
                        .doOnDiscard(Item.Data.class, data -> data.slab().discard())
                        .blockLast(LONG))
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void ofAList() {
        backup(store());
        StoredSet latest = store().find("latest", job);
        engine.beforeGet = StoreErrorTest::notLinked;
        assertThatThrownBy(() -> store().list(latest, RawPath.ROOT, true).blockLast(LONG))
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
    }
}
