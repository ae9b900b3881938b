package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.FormatException;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree on disk into a store on disk and back. */
class StoreOnDiskTest {
    @TempDir
    Path temporary;

    private StoredTree stored;
    private Path source;
    private Path directory;

    @BeforeEach
    void makeTree() throws Exception {
        stored = StoredTree.create(
                temporary,
                Tree.root(
                        Tree.dir(
                                "a",
                                Tree.file("one", Content.of("hello")),
                                Tree.file("large", Content.random(1, 3_000_000)),
                                Tree.file("sparse", Content.hole(4 << 20).then(Content.random(2, 9000))),
                                Tree.dir("deep", Tree.file("two", Content.random(3, 40_000)))),
                        Tree.dir("a-b", Tree.hardLink("linked", "a/large"), Tree.symlink("s", "../a")),
                        Tree.file("empty", Content.EMPTY)));
        source = stored.source();
        directory = stored.store();
    }

    private CheckResult check() {
        return stored.check(true, Job.start());
    }

    @Test
    void aTreeComesBackIdentical() {
        Report report = stored.backup(StoredTree.later());
        assertThat(report.isComplete()).isTrue();
        assertThat(report.get(Counter.STORED_BYTES)).isGreaterThan(3_000_000);
        stored.assertRestored();
        assertThat(check().isSound()).isTrue();
    }

    @Test
    void theSecondBackupReadsWhatChangedAlone() {
        stored.backup(StoredTree.later());
        DiskTree.add(source, "a/deep", Tree.file("three", Content.random(4, 100_000)));
        Report report = stored.backup(StoredTree.later());
        assertThat(report.get(Counter.BYTES)).isEqualTo(100_000);
        stored.assertRestored();
        try (DedupStore store = DedupStore.open(directory)) {
            StoreStats stats = store.stats(Job.start());
            assertThat(stats.snapshots()).isEqualTo(2);
            assertThat(stats.reclaimableBytes()).isZero();
        }
        assertThat(check().isSound()).isTrue();
    }

    /** Which name the scan meets first is chance: whatever the order, all of them have what the inode has. */
    @Test
    void everyNameOfAnInodeKeepsItsAttributes() {
        DiskTree.create(
                source,
                Tree.root(
                        Tree.file("m", Content.random(5, 5000)).xattr("user.a", new byte[] {1, 2}),
                        Tree.hardLink("b", "m"),
                        Tree.hardLink("y", "m"),
                        Tree.symlink("sm", "to/nowhere"),
                        Tree.hardLink("sb", "sm"),
                        Tree.hardLink("sy", "sm"),
                        Tree.fifo("fm"),
                        Tree.hardLink("fb", "fm")));
        stored.backup(StoredTree.later());
        stored.assertRestored();
        assertThat(stored.backup(StoredTree.later()).get(Counter.BYTES)).isZero();
        stored.assertRestored();
        try (DedupStore store = DedupStore.open(directory)) {
            List<StoredSet> sets = store.sets(Job.start());
            assertThat(store.diff(sets.get(0), sets.get(1), RawPath.ROOT)
                            .collectList()
                            .block(Duration.ofSeconds(20)))
                    .isEmpty();
            assertThat(store.list(sets.get(1), RawPath.ROOT, true)
                            .filter(row ->
                                    row.inode().isRegular() && row.inode().nlink() == 3)
                            .map(row -> row.entry().attributes().xattrs().size())
                            .collectList()
                            .block(Duration.ofSeconds(20)))
                    .containsOnly(1)
                    .hasSize(3);
        }
    }

    /** Lost packs: check tells, the next backup reads again what was in them, and then all can be restored. */
    @Test
    void whatIsLostIsReadAgainAfterACheck() throws Exception {
        stored.backup(StoredTree.later());
        try (var packs = Files.walk(directory.resolve("packs"))) {
            for (Path pack : packs.filter(Files::isRegularFile).toList()) {
                if (Files.size(pack) > 1_000_000) {
                    Files.delete(pack);
                }
            }
        }
        Job checking = Job.start();
        assertThat(stored.check(false, checking).isSound()).isFalse();
        assertThat(checking.problems().groups().toString()).contains("the pack is missing");
        assertThat(stored.backup(StoredTree.later()).get(Counter.BYTES)).isGreaterThan(3_000_000);
        Job job = Job.start();
        try (DedupStore store = DedupStore.open(directory)) {
            for (StoredSet set : store.sets(job)) { // the first one too
                StoredTree.assertRestored(store, set, source, job);
            }
        }
        assertThat(job.problems().count(io.stripeline.flow.Problem.Severity.ERROR))
                .isZero();
        assertThat(stored.backup(StoredTree.later()).get(Counter.BYTES)).isZero();
    }

    @Test
    void whatIsNoStoreIsNotOpened() {
        assertThatThrownBy(() -> DedupStore.open(source)).isInstanceOf(FormatException.class);
    }
}
