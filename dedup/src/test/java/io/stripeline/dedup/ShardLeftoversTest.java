package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.inode.RawPath;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.SnapshotRoot;
import io.stripeline.testkit.Slabs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** What crashed runs and sets of shards leave: each run finds its own, takes away nothing of others, mixes nothing. */
@Timeout(120)
class ShardLeftoversTest {
    private static final int SHARDS = 16;
    private static final int FILES = 20;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();
    private final SlabPool slabs = Slabs.pool(8, 64 << 10);
    private final Job job = Job.start();

    private DedupStore store() {
        return new DedupStore(engine, FixedCutter::new, temporary);
    }

    private BackupOptions options() {
        return BackupOptions.standard().temporary(temporary);
    }

    private BackupOptions shard(int index, int count, Shard.By by, String set) {
        return options().shard(new Shard(index, count, by), set);
    }

    /** Files of one shard, as the scan of that shard alone finds them. */
    private static MemoryTree tree(int shard) {
        MemoryTree out = new MemoryTree();
        for (int i = 0; i < FILES; i++) {
            out.file("s" + shard + "-" + i, MemoryTree.random(100L * shard + i, 700));
        }
        return out;
    }

    /** Ends in an error after everything is in a checkpoint. */
    private void crash(MemoryTree tree, BackupOptions options) {
        BackupOptions often = options.checkpointEvery(Duration.ZERO);
        try (Backup backup = store().backup(MemoryTree.SOURCE, often, DedupStore.Compare.STRICT, job)) {
            Flux<Item> dies =
                    tree.items(slabs, backup.base()).concatWith(Flux.error(new IllegalStateException("crash")));
            assertThatThrownBy(() -> Pipelines.run(dies, backup.sink()).block(LONG))
                    .hasMessage("crash");
        }
    }

    private String backup(MemoryTree tree, BackupSource source, BackupOptions options) {
        try (Backup backup = store().backup(source, options, DedupStore.Compare.STRICT, job)) {
            return Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(LONG)
                    .id();
        }
    }

    private String backup(MemoryTree tree, BackupOptions options) {
        return backup(tree, MemoryTree.SOURCE, options);
    }

    private List<SnapshotRoot> partials() {
        return store().snapshots(job).stream()
                .map(StoredSnapshot::root)
                .filter(SnapshotRoot::partial)
                .toList();
    }

    @Test
    void eachOfManyCrashedShardsGoesOnFromItsOwnCheckpoint() {
        List<MemoryTree> trees = new ArrayList<>();
        for (int i = 1; i <= SHARDS; i++) {
            trees.add(tree(i));
            crash(trees.get(i - 1), shard(i, SHARDS, Shard.By.SUBTREE, "night"));
        }
        assertThat(partials()).hasSize(SHARDS);
        for (int i = 1; i <= SHARDS; i++) {
            // the first one ends before the others begin
            backup(trees.get(i - 1), shard(i, SHARDS, Shard.By.SUBTREE, "night"));
            assertThat(trees.get(i - 1).read).as("read by shard %d", i).isEmpty();
            assertThat(partials()).as("after shard %d", i).hasSize(SHARDS - i);
        }
        assertThat(store().find("latest", job).shards()).hasSize(SHARDS);
    }

    @Test
    void aWholeRunGoesOnFromAllCrashedShards() {
        MemoryTree all = new MemoryTree();
        for (int i = 1; i <= SHARDS; i++) {
            MemoryTree part = new MemoryTree();
            for (int k = 0; k < FILES; k++) {
                String name = "s" + i + "-" + k;
                all.file(name, MemoryTree.random(100L * i + k, 700));
                part.nodes.put(RawPath.of(name), all.nodes.get(RawPath.of(name)));
            }
            crash(part, shard(i, SHARDS, Shard.By.HASH, "night"));
        }
        backup(all, options());
        assertThat(all.read).isSubsetOf(RawPath.ROOT);
        assertThat(partials()).isEmpty();
    }

    @Test
    void aRunThatCameFarIsNotForgottenForManyThatDidNot() {
        MemoryTree far = tree(1);
        crash(far, options());
        MemoryTree none = new MemoryTree();
        none.nodes.putAll(new MemoryTree().nodes);
        for (int i = 0; i < 10; i++) {
            crash(none, options());
        }
        backup(far, options());
        assertThat(far.read).isSubsetOf(RawPath.ROOT);
        assertThat(partials()).isEmpty();
    }

    @Test
    void aQuickRunOfLessLeavesTheCheckpointOfMore() {
        MemoryTree all = tree(1);
        crash(all, options());
        MemoryTree less = new MemoryTree();
        RawPath one = RawPath.of("s1-3");
        less.nodes.put(one, all.nodes.get(one));
        BackupOptions without = options().selection(List.of("exclude big"));
        backup(less, without);
        assertThat(partials()).hasSize(1);
        backup(all, options());
        assertThat(all.read).isSubsetOf(RawPath.ROOT);
        assertThat(partials()).isEmpty();
    }

    @Test
    void aRunThatComparesWithNothingReplacesItsCheckpointsToo() {
        MemoryTree all = tree(1);
        crash(all, options());
        try (Backup backup = store().backup(MemoryTree.SOURCE, options(), new DedupStore.Compare(true, false), job)) {
            assertThat(backup.parents()).isEmpty();
            Pipelines.run(all.items(slabs, backup.base()), backup.sink()).block(LONG);
        }
        assertThat(partials()).isEmpty();
    }

    @Test
    void aShardOfAnotherDivisionIsRefused() {
        backup(tree(1), shard(1, 2, Shard.By.SUBTREE, "night"));
        for (Shard other : List.of(new Shard(2, 2, Shard.By.HASH), new Shard(2, 3, Shard.By.SUBTREE))) {
            assertThatThrownBy(() -> backup(tree(2), options().shard(other, "night")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("shard 1/2 by subtree of /tree")
                    .hasMessageContaining(
                            "shard " + other + " by " + other.by().name().toLowerCase(java.util.Locale.ROOT))
                    .hasMessageContaining("--set");
        }
        BackupSource elsewhere = new BackupSource("memory", MemoryTree.ID, RawPath.of("/other"), d -> MemoryTree.ID);
        FileSystemId id = FileSystemId.of("another".getBytes());
        BackupSource anotherFilesystem = new BackupSource("memory", id, RawPath.of("/tree"), d -> id);
        for (BackupSource source : List.of(elsewhere, anotherFilesystem)) {
            assertThatThrownBy(() -> backup(tree(2), source, shard(2, 2, Shard.By.SUBTREE, "night")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not go together");
        }
        assertThat(engine.openSessions).hasValue(0);
        backup(tree(2), shard(2, 2, Shard.By.SUBTREE, "night"));
        assertThat(store().find("latest", job).shards()).hasSize(2);
    }

    /** Two nodes that start at once see nothing of each other. */
    @Test
    void shardsThatDoNotBelongTogetherAreNoCompleteSet() {
        String first = backup(tree(1), shard(1, 2, Shard.By.SUBTREE, "night"));
        String second = backup(tree(2), shard(2, 2, Shard.By.HASH, "elsewhere"));
        engine.roots.put(second, inSet(SnapshotRoot.fromBytes(engine.roots.get(second)), "night"));
        assertThatThrownBy(() -> store().find("latest", job))
                .isInstanceOf(NoSuchSnapshotException.class)
                .hasMessageContaining("does not belong together")
                .hasMessageContaining("2/2 by hash");
        assertThatThrownBy(() -> store().find("night", job))
                .isInstanceOf(NoSuchSnapshotException.class)
                .hasMessageContaining(first.substring(0, 8))
                .hasMessageContaining(second.substring(0, 8));
        List<StoredSnapshot> both = store().snapshots(job);
        assertThat(new StoredSet("night", both).isComplete()).isFalse();
        assertThat(store().find(first, job).shards()).hasSize(1);
        backup(tree(2), shard(2, 2, Shard.By.SUBTREE, "second"));
        assertThatThrownBy(() -> store().find("latest", job)).isInstanceOf(NoSuchSnapshotException.class);
    }

    private static byte[] inSet(SnapshotRoot root, String set) {
        return new SnapshotRoot(
                        root.program(),
                        root.host(),
                        root.user(),
                        root.kind(),
                        root.filesystems(),
                        root.path(),
                        root.start(),
                        root.end(),
                        set,
                        root.shard(),
                        root.tags(),
                        root.selection(),
                        root.content(),
                        root.partial(),
                        root.incomplete(),
                        root.parents(),
                        root.counts(),
                        root.tables())
                .toBytes();
    }
}
