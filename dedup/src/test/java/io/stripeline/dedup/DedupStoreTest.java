package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stripeline.Shard;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.Difference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class DedupStoreTest {
    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();
    private final SlabPool slabs = SlabPool.of(8, 64 << 10);
    private final MemoryTree tree = new MemoryTree();
    private final Job job = Job.start();

    private DedupStore store() {
        return new DedupStore(engine, FixedCutter::new, temporary);
    }

    private BackupOptions options() {
        return BackupOptions.standard().temporary(temporary);
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(Duration.ofSeconds(10)).until(() -> slabs.outstanding() == 0);
        assertThat(engine.openSessions).hasValue(0);
    }

    private Report backup() {
        return backup(options(), DedupStore.Compare.STRICT);
    }

    private Report backup(BackupOptions options, DedupStore.Compare compare) {
        try (Backup backup = store().backup(MemoryTree.SOURCE, options, compare, job)) {
            return Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(Duration.ofSeconds(20));
        }
    }

    private Restored restore(String name, RawPath... paths) {
        Restored out = new Restored();
        store().restore(store().find(name, job), List.of(paths), slabs, job)
                .doOnNext(out::accept)
                .blockLast(Duration.ofSeconds(20));
        return out;
    }

    private void assertRestored(Restored restored) {
        assertThat(restored.entries.keySet()).isEqualTo(tree.nodes.keySet());
        tree.nodes.forEach((path, node) -> {
            Restored.Seen seen = restored.entries.get(path);
            assertThat(seen.outcome()).as("%s", path).isEqualTo(Outcome.OK);
            assertThat(seen.content()).as("%s", path).isEqualTo(node.content() == null ? new byte[0] : node.content());
            assertThat(seen.entry().inode().mtime()).isEqualTo(node.inode().mtime());
            assertThat(seen.entry().inode().mode()).isEqualTo(node.inode().mode());
            assertThat(seen.entry().attributes()).isEqualTo(node.attributes());
        });
    }

    private void fill() {
        tree.directory("a").directory("a/b").directory("a-b").directory("empty");
        tree.file("a/small", "hello".getBytes()).file("a/none", new byte[0]).file("a-b/x", MemoryTree.random(1, 513));
        tree.file("a/b/large", MemoryTree.random(2, 3_000_000));
        byte[] sparse = new byte[700_000];
        System.arraycopy(MemoryTree.random(3, 100_000), 0, sparse, 500_000, 100_000);
        tree.file("a/sparse", sparse).file("hole", new byte[200_000]);
        for (int i = 0; i < 300; i++) {
            tree.file("a/b/f" + i, MemoryTree.random(i, i * 37));
        }
        tree.link("a/b/f7", "a-b/linked");
        tree.link("a/b/large", "0-comes-first");
    }

    @Test
    void whatIsBackedUpIsRestored() {
        fill();
        Report report = backup();
        assertThat(report.isComplete()).isTrue();
        assertRestored(restore("latest"));
        assertRestored(restore(report.id()));
        assertThat(restore("latest").entries.values().stream().filter(seen -> seen.link() != null))
                .hasSize(2);
    }

    /** A file whose names all went while the backup ran, and another one that got its number. */
    @Test
    void twoFilesOfOneNumberAreTwoFiles() {
        tree.file("a", MemoryTree.random(1, 3000)).file("b", MemoryTree.random(2, 3000));
        tree.link("a", "a2");
        tree.link("b", "b2");
        long number = tree.nodes.get(RawPath.of("a")).inode().id().low();
        tree.separate = true; // each name is read, as where no two of them meet in one reader
        tree.nodes.replaceAll((path, node) -> node.content() == null ? node : tree.numbered(node, number));
        backup();
        Restored restored = restore("latest");
        for (String name : List.of("a", "a2", "b", "b2")) {
            Restored.Seen seen = restored.entries.get(RawPath.of(name));
            byte[] content = seen.link() == null
                    ? seen.content()
                    : restored.entries.get(seen.link()).content();
            assertThat(content)
                    .as(name)
                    .isEqualTo(tree.nodes.get(RawPath.of(name)).content());
        }
        assertThat(restored.entries.get(RawPath.of("a2")).link()).isEqualTo(RawPath.of("a"));
    }

    @Test
    void chosenPathsAreRestoredAlone() {
        fill();
        backup();
        Restored some = restore("latest", RawPath.of("a-b"), RawPath.of("a/small"), RawPath.of("a-b/x"));
        assertThat(some.entries.keySet())
                .containsExactlyInAnyOrder(
                        RawPath.of("a"), // above a chosen one
                        RawPath.of("a-b"),
                        RawPath.of("a-b/x"),
                        RawPath.of("a-b/linked"),
                        RawPath.of("a/small"));
        // the other name of the inode is not restored, so this one has the content
        assertThat(some.entries.get(RawPath.of("a-b/linked")).content()).hasSize(7 * 37);
    }

    @Test
    void theSecondBackupReadsOnlyWhatChanged() {
        fill();
        backup();
        assertThat(tree.read).hasSizeGreaterThan(300);
        tree.rewrite("a/b/f9", MemoryTree.random(99, 5000), false);
        tree.file("new", MemoryTree.random(98, 100_000));
        Report second = backup();
        assertThat(tree.read).containsExactlyInAnyOrder(RawPath.of("a/b/f9"), RawPath.of("new"));
        assertRestored(restore("latest"));
        List<Difference> differences = store().diff(
                        store().sets(job).get(0), store().find(second.id(), job), RawPath.ROOT)
                .collectList()
                .block();
        assertThat(differences.stream().map(d -> d.path().toString())).containsExactly("new", "a/b/f9");
        backup(options(), new DedupStore.Compare(true, false));
        assertThat(tree.read).hasSizeGreaterThan(300);
    }

    @Test
    void aRenamedDirectoryIsNotReadAgain() {
        fill();
        backup();
        tree.rename("a", "z");
        backup();
        assertThat(tree.read).isSubsetOf(RawPath.of("z"));
        assertRestored(restore("latest"));
        tree.directory("deep");
        tree.rename("z/b", "deep/c");
        backup();
        assertThat(tree.read).isSubsetOf(RawPath.of("deep"), RawPath.of("deep/c"));
        assertRestored(restore("latest"));
    }

    @Test
    void aChangeWithinTheClockTickIsFound() {
        tree.file("f", "before".getBytes());
        tree.unsettled = path -> path.equals(RawPath.of("f"));
        backup();
        tree.rewrite("f", "after!".getBytes(), true);
        backup();
        assertThat(tree.read).containsExactly(RawPath.of("f"));
        assertRestored(restore("latest"));
        tree.unsettled = path -> false;
        backup();
        backup();
        assertThat(tree.read).isEmpty();
    }

    @Test
    void aFailedFileIsNamedAndTriedAgain() {
        fill();
        tree.failing = path -> path.equals(RawPath.of("a/small"));
        backup();
        assertThat(restore("latest").entries.get(RawPath.of("a/small")).outcome())
                .isInstanceOf(Outcome.Failed.class);
        tree.failing = path -> false;
        backup();
        assertThat(tree.read).containsExactly(RawPath.of("a/small"));
        assertRestored(restore("latest"));
    }

    @Test
    void aDirectoryThatCouldNotBeListedMakesTheSnapshotIncomplete() {
        fill();
        tree.unlisted.add(RawPath.of("a"));
        backup();
        StoredSet set = store().find("latest", job);
        assertThat(set.any().incomplete()).isTrue();
        assertThat(store().open(set).shards().get(0).isIncomplete(RawPath.of("a")))
                .isTrue();
    }

    @Test
    void shardsAreOneOnceTheyAreComplete() {
        fill();
        backup(options().shard(new Shard(1, 2, Shard.By.HASH), "night"), DedupStore.Compare.STRICT);
        assertThatThrownBy(() -> store().find("latest", job))
                .isInstanceOf(NoSuchSnapshotException.class)
                .hasMessageContaining("lacks shards [2] of 2");
        assertThat(store().find("night", job).missing()).containsExactly(2);
        backup(options().shard(new Shard(2, 2, Shard.By.HASH), "night"), DedupStore.Compare.STRICT);
        assertThat(store().find("latest", job).shards()).hasSize(2);
        assertRestored(restore("latest"));
        backup();
        assertThat(tree.read).isEmpty();
    }

    @Test
    void aDamagedChunkFailsItsFileAlone() {
        fill();
        backup();
        var id = MemoryEngine.id(MemoryTree.random(1, 513));
        assertThat(engine.blobs.put(id, new byte[] {1})).isNotNull();
        Restored restored = restore("latest");
        assertThat(restored.entries.keySet()).isEqualTo(tree.nodes.keySet());
        restored.entries.forEach((path, seen) -> {
            if (path.equals(RawPath.of("a-b/x"))) {
                assertThat(seen.outcome()).isInstanceOf(Outcome.Failed.class);
            } else {
                assertThat(seen.outcome()).as("%s", path).isEqualTo(Outcome.OK);
            }
        });
        assertThat(job.problems().groups())
                .anySatisfy(group -> assertThat(group.first())
                        .anySatisfy(problem -> assertThat(problem.path()).isEqualTo(RawPath.of("a-b/x"))));
    }

    @Test
    void aCraftedNameOfALinkedFileIsRefusedAndTheRestRestored() {
        fill();
        Timestamp time = new Timestamp(5, 0);
        Inode other = new Inode(
                new InodeId(99, 0, 777), FileType.REGULAR.bits() | 0600, 2, 1, 2, 0, 0, 0, time, time, time, time);
        Entry crafted = new Entry(Dir.root(), "../x".getBytes(), other, Attributes.NONE);
        try (Backup backup = store().backup(MemoryTree.SOURCE, options(), DedupStore.Compare.STRICT, job)) {
            Flux<Item> items = tree.items(slabs, backup.base())
                    .concatWith(Flux.just(new Item.Begin(crafted), new Item.End(other, Outcome.OK, true)));
            Pipelines.run(items, backup.sink()).block(Duration.ofSeconds(20));
        }
        assertRestored(restore("latest"));
        assertThat(job.problems().count(Problem.Severity.ERROR)).isEqualTo(1);
        assertThat(job.problems().groups().toString()).contains("../x", "refused");
    }

    @Test
    void aCheckFollowsEverything() {
        fill();
        backup();
        tree.rewrite("a/b/large", MemoryTree.random(77, 3_000_000), false);
        backup();
        assertThat(store().check(true, job))
                .isEqualTo(new CheckResult(2, store().check(true, job).entries(), 0));
        assertThat(store().stats(job).reclaimableBytes()).isZero();
        for (BlobId id : List.copyOf(engine.blobs.keySet())) {
            byte[] bytes = engine.blobs.remove(id);
            assertThat(store().check(false, Job.start()).isSound()).as("%s", id).isFalse();
            engine.blobs.put(id, bytes);
        }
        engine.remove(store().snapshots(job).get(1).id());
        assertThat(store().stats(job).reclaimableBytes()).isGreaterThan(2_900_000);
        assertThat(job.problems().groups()).isEmpty();
    }

    private Set<String> harmed() {
        Set<String> named = new TreeSet<>();
        Job checking = Job.start(problem -> {
            String[] words = problem.message().split("[ :]");
            assertThat(words[0]).isEqualTo("snapshot");
            named.add(words[1]);
        });
        assertThat(store().check(false, checking).isSound()).isEqualTo(named.isEmpty());
        return named;
    }

    @Test
    void eachSnapshotThatNeedsWhatIsLostIsNamed() {
        tree.directory("a").directory("b").file("a/large", MemoryTree.random(2, 1_500_000));
        for (int i = 0; i < 250; i++) {
            tree.file((i < 125 ? "a/f" : "b/f") + i, MemoryTree.random(i, 300 + i * 3));
        }
        backup();
        tree.rewrite("b/f130", MemoryTree.random(77, 50_000), false);
        backup();
        backup();
        assertThat(harmed()).isEmpty();
        Map<String, byte[]> roots = new LinkedHashMap<>(engine.roots);
        assertThat(roots).hasSize(3);
        boolean lost = false;
        for (BlobId id : List.copyOf(engine.blobs.keySet())) {
            byte[] bytes = engine.blobs.remove(id);
            lost = !lost;
            if (!lost) {
                engine.blobs.put(id, new byte[] {1});
            }
            Set<String> expected = new TreeSet<>();
            roots.forEach((name, root) -> {
                engine.roots.clear();
                engine.roots.put(name, root);
                expected.addAll(harmed());
            });
            engine.roots.clear();
            engine.roots.putAll(roots);
            assertThat(harmed()).as("%s", id).isEqualTo(expected);
            engine.blobs.put(id, bytes);
        }
    }

    @Test
    void aCheckpointOfACrashedRunIsAParent() {
        fill();
        BackupOptions often = options().checkpointEvery(Duration.ZERO);
        try (Backup backup = store().backup(MemoryTree.SOURCE, often, DedupStore.Compare.STRICT, job)) {
            Flux<Item> dies = tree.items(slabs, backup.base())
                    .take(400)
                    .concatWith(Flux.error(new IllegalStateException("crash")));
            assertThatThrownBy(() -> Pipelines.run(dies, backup.sink()).block(Duration.ofSeconds(20)))
                    .hasMessage("crash");
        }
        assertThat(store().snapshots(job))
                .hasSize(1)
                .allMatch(snapshot -> snapshot.root().partial());
        assertThatThrownBy(() -> store().find("latest", job)).isInstanceOf(NoSuchSnapshotException.class);
        long all = tree.nodes.size();
        backup();
        assertThat((long) tree.read.size()).isLessThan(all - 100);
        assertRestored(restore("latest"));
        assertThat(store().snapshots(job)).hasSize(1);
    }

    @Test
    void aFullDiskFailsTheBackupAndLeavesTheStoreAsItWas() {
        fill();
        backup();
        var before = engine.roots.keySet().toString();
        tree.file("big", MemoryTree.random(5, 2_000_000));
        engine.putsLeft.set(5);
        engine.putFailure = () -> {
            throw new io.stripeline.posix.PosixException("write", 28, "store/packs");
        };
        assertThatThrownBy(this::backup).hasMessageContaining("ENOSPC");
        engine.putsLeft.set(-1);
        assertThat(engine.roots.keySet().toString()).isEqualTo(before);
        tree.nodes.remove(RawPath.of("big"));
        assertRestored(restore("latest"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void cancelAtAnyPointLeavesNothingBehind(long seed) throws Exception {
        fill();
        int items = new Random(seed).nextInt(900);
        try (Backup backup = store().backup(MemoryTree.SOURCE, options(), DedupStore.Compare.STRICT, job)) {
            Flux<Item> some = tree.items(slabs, backup.base()).take(items).concatWith(Flux.never());
            var running = Pipelines.run(some, backup.sink()).subscribe();
            Thread.sleep(seed * 5);
            running.dispose();
        }
        assertThat(engine.roots).isEmpty();
        backup();
        Restored out = new Restored();
        store().restore(store().find("latest", job), List.of(), slabs, job)
                .take(items)
                .doOnNext(out::accept)
                .doOnDiscard(Item.Data.class, data -> data.slab().release())
                .blockLast(Duration.ofSeconds(20));
        assertRestored(restore("latest"));
    }
}
