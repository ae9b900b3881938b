package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.dedup.store.FaultyBlobs;
import io.stripeline.dedup.store.Repository;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Report;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults at reads of the store: what can only be had from there fails and is named, everything else goes on. */
@Timeout(120)
class StoreFaultSweepTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long DATA_PACK_BYTES = 200_000;

    @TempDir
    Path temporary;

    private final MemoryTree tree = new MemoryTree();
    private final SlabPool slabs = Slabs.pool(16, 64 << 10);
    private final Set<String> dataPacks = new HashSet<>();
    private Path directory;
    private FaultyBlobs blobs;

    @BeforeEach
    void fill() throws Exception {
        directory = temporary.resolve("store");
        tree.directory("d").file("d/inline", "short".getBytes());
        for (int i = 0; i < 8; i++) {
            tree.file("d/f" + i, MemoryTree.random(i, 90_000));
        }
        try (DedupStore store = DedupStore.openOrCreate(directory, 0)) {
            assertThat(backup(store, Job.start()).isComplete()).isTrue();
        }
        try (var packs = Files.walk(directory.resolve("packs"))) {
            packs.filter(file -> file.toFile().length() > DATA_PACK_BYTES && Files.isRegularFile(file))
                    .forEach(file -> dataPacks.add(directory.relativize(file).toString()));
        }
        assertThat(dataPacks).isNotEmpty();
    }

    private Report backup(DedupStore store, Job job) {
        BackupOptions options = BackupOptions.standard().temporary(temporary);
        try (Backup backup = store.backup(MemoryTree.SOURCE, options, DedupStore.Compare.STRICT, job)) {
            return Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(LONG);
        }
    }

    private DedupStore faulty(Predicate<String> names, int errno, int nth, int count) {
        blobs = new FaultyBlobs(DirectoryBlobStore.open(directory), names, errno, nth, count);
        RepositoryEngine engine = new RepositoryEngine(Repository.open(blobs));
        return new DedupStore(engine, engine::cutter, temporary);
    }

    private boolean isDataPack(String name) {
        return dataPacks.contains(name);
    }

    private DedupStore faulty(Predicate<String> names, int errno) {
        return faulty(names, errno, 1, Integer.MAX_VALUE);
    }

    private Restored restore(DedupStore store, Job job) {
        Restored out = new Restored();
        store.restore(store.find("latest", job), List.of(), slabs, job)
                .doOnNext(out::accept)
                .blockLast(LONG);
        return out;
    }

    private long whole(Restored restored) {
        long ok = 0;
        for (var each : restored.entries.entrySet()) {
            byte[] content = tree.nodes.get(each.getKey()).content();
            if (each.getValue().outcome().equals(Outcome.OK)) {
                ok++;
                assertThat(each.getValue().content()).isEqualTo(content == null ? new byte[0] : content);
            }
        }
        return ok;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Errno.EIO,
                Errno.EACCES,
                Errno.EISDIR,
                Errno.ESTALE,
                Errno.ELOOP,
                Errno.ENXIO,
                Errno.ENOTCONN,
                Errno.ETIMEDOUT
            })
    void filesOfAPackThatCannotBeReadFailAndAreNamed(int errno) throws Exception {
        Job restoring = Job.start();
        try (DedupStore store = faulty(this::isDataPack, errno)) {
            Restored restored = restore(store, restoring);
            assertThat(restored.entries.keySet()).isEqualTo(tree.nodes.keySet());
            assertThat(whole(restored)).isEqualTo(3); // the root, d, and what stands in the metadata
            assertThat(restoring.problems().count(Problem.Severity.ERROR)).isEqualTo(8);
            assertThat(restoring.problems().groups().toString()).contains(Errno.name(errno), "d/f3");
        }
        Job checking = Job.start();
        try (DedupStore store = faulty(this::isDataPack, errno)) {
            assertThat(store.check(true, checking).isSound()).isFalse();
            assertThat(checking.problems().groups().toString()).contains(Errno.name(errno));
        }
        assertThat(directory.resolve("condemned")).as("it may be read later").doesNotExist();
        try (DedupStore store = faulty(this::isDataPack, errno)) {
            restore(store, Job.start()); // from here on the pack is known to be bad
            assertThat(backup(store, Job.start()).isComplete()).isTrue();
            assertThat(tree.read).as("stored again").hasSize(8);
            assertThat(whole(restore(store, Job.start()))).isEqualTo(tree.nodes.size());
        }
    }

    /** Runs {@code work} with a fault at the first read of a pack, the second, and so on; how many there are. */
    private int sweep(int errno, int count, BiConsumer<DedupStore, Job> work) {
        for (int nth = 1; ; nth++) {
            Job job = Job.start();
            try (DedupStore store = faulty(name -> name.startsWith("packs/"), errno, nth, count)) {
                work.accept(store, job);
            }
            assertThat(job.problems().count(Problem.Severity.ERROR))
                    .as("at read %d", nth)
                    .isZero();
            if (blobs.reads.get() < nth) {
                return nth - 1;
            }
        }
    }

    @Test
    void aReadThatFailsOnceLosesNothing() {
        int failed = sweep(
                Errno.ESTALE,
                1,
                (store, job) -> assertThat(whole(restore(store, job))).isEqualTo(tree.nodes.size()));
        assertThat(failed).as("reads of a restore").isGreaterThanOrEqualTo(2);
        failed = sweep(
                Errno.ESTALE,
                1,
                (store, job) -> assertThat(backup(store, job).isComplete()).isTrue());
        assertThat(failed).as("reads of a backup").isPositive();
        try (DedupStore store = DedupStore.open(directory)) {
            assertThat(whole(restore(store, Job.start()))).isEqualTo(tree.nodes.size());
        }
    }

    /** Of a parent that cannot be read a backup only knows less. */
    @Test
    void readsThatFailForGoodAtAnyPointEndNoBackup() {
        int failed = sweep(Errno.EIO, Integer.MAX_VALUE, (store, job) -> {
            assertThat(backup(store, job).isComplete()).isTrue();
            try (DedupStore sound = DedupStore.open(directory)) {
                assertThat(whole(restore(sound, Job.start()))).isEqualTo(tree.nodes.size());
            }
        });
        assertThat(failed).isPositive();
    }

    @Test
    void anIndexFileThatCannotBeReadIsDoneWithout() {
        for (int errno : new int[] {Errno.EIO, Errno.EACCES, Errno.EISDIR}) {
            Job job = Job.start();
            try (DedupStore store = faulty(name -> name.startsWith("index/"), errno)) {
                assertThat(whole(restore(store, job))).isEqualTo(tree.nodes.size());
                assertThat(job.problems().count(Problem.Severity.ERROR)).isZero();
                assertThat(job.problems().groups().toString()).contains("damaged index", Errno.name(errno));
                assertThat(store.check(false, Job.start()).isSound()).isFalse();
                store.stats(Job.start());
            }
        }
    }

    @Test
    void aRootThatCannotBeReadIsToldAndTheRestIsThere() {
        for (int errno : new int[] {Errno.EIO, Errno.EACCES, Errno.EISDIR}) {
            Job job = Job.start();
            try (DedupStore store = faulty(name -> name.startsWith("roots/"), errno)) {
                assertThat(store.snapshots(job)).isEmpty();
                assertThat(job.problems().groups().toString()).contains("roots/", Errno.name(errno));
            }
        }
    }

    /** Nothing is wrong with the object: the next read of another one would fail too. */
    @ParameterizedTest
    @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM})
    void whatTheProcessLacksIsNoDamage(int errno) {
        try (DedupStore store = faulty(name -> name.startsWith("packs/"), errno)) {
            assertThatThrownBy(() -> restore(store, Job.start()))
                    .hasStackTraceContaining(Errno.name(errno))
                    .satisfiesAnyOf(
                            failure -> assertThat(failure).isInstanceOf(PosixException.class),
                            failure -> assertThat(failure).hasRootCauseInstanceOf(PosixException.class));
        }
    }
}
