package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.fs.posix.PosixDriver;
import io.stripeline.inode.RawPath;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.FormatException;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.FakeVolume;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts.Field;
import io.stripeline.write.RestorePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree on disk into a store on disk and back. */
class StoreOnDiskTest {
    @TempDir
    Path temporary;

    private Path source;
    private Path directory;

    @BeforeEach
    void makeTree() throws Exception {
        source = Files.createDirectory(temporary.resolve("source"));
        directory = temporary.resolve("store");
        DiskTree.create(
                source,
                Tree.root(
                        Tree.dir(
                                "a",
                                Tree.file("one", Content.of("hello")),
                                Tree.file("large", Content.random(1, 3_000_000)),
                                Tree.file("sparse", Content.hole(4 << 20).then(Content.random(2, 9000))),
                                Tree.dir("deep", Tree.file("two", Content.random(3, 40_000)))),
                        Tree.dir("a-b", Tree.hardLink("linked", "a/large"), Tree.symlink("s", "../a")),
                        Tree.file("empty", Content.EMPTY)));
    }

    /** A job for which everything that was just written is settled. */
    static Job later() {
        return new Job(new Progress(), new Problems(), Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
    }

    static Report backup(Path source, Path directory, BackupOptions options, Job job) {
        SlabPool slabs = Slabs.pool(16, 64 << 10);
        try (DedupStore store = DedupStore.openOrCreate(directory);
                Volume volume = new PosixDriver().open(source);
                Backup backup = store.backup(BackupSource.of(volume), options, DedupStore.Compare.STRICT, job)) {
            return Pipelines.run(
                            volume.scan(ScanSpec.all(), job)
                                    .transform(Read.items(
                                            volume.content(),
                                            slabs,
                                            ReadSpec.of(volume.capabilities()),
                                            backup.base(),
                                            job)),
                            backup.sink())
                    .block(Duration.ofSeconds(60));
        }
    }

    private Report backup(Job job) {
        return backup(source, directory, BackupOptions.standard().temporary(temporary), job);
    }

    static void assertRestored(Path source, Path directory) {
        Job job = Job.start();
        SlabPool slabs = Slabs.pool(16, 64 << 10);
        try (DedupStore store = DedupStore.open(directory);
                FakeVolume target = FakeVolume.of(Tree.root())) {
            target.writer()
                    .write(
                            store.restore(store.find("latest", job), List.of(), slabs, job),
                            RestorePlan.same().devices(true),
                            job)
                    .block(Duration.ofSeconds(60));
            // where holes lie is the filesystem's affair
            DiskFacts.of(source).assertSame(target.facts(), Field.SPARSE);
        }
        assertThat(job.problems().groups()).isEmpty();
    }

    private CheckResult check() {
        try (DedupStore store = DedupStore.open(directory)) {
            return store.check(true, Job.start());
        }
    }

    @Test
    void aTreeComesBackIdentical() {
        Report report = backup(later());
        assertThat(report.isComplete()).isTrue();
        assertThat(report.get(Counter.STORED_BYTES)).isGreaterThan(3_000_000);
        assertRestored(source, directory);
        assertThat(check().isSound()).isTrue();
    }

    @Test
    void theSecondBackupReadsWhatChangedAlone() {
        backup(later());
        DiskTree.add(source, "a/deep", Tree.file("three", Content.random(4, 100_000)));
        Job second = later();
        Report report = backup(second);
        assertThat(report.get(Counter.BYTES)).isEqualTo(100_000);
        assertRestored(source, directory);
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
        backup(later());
        assertRestored(source, directory);
        assertThat(backup(later()).get(Counter.BYTES)).isZero();
        assertRestored(source, directory);
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
        backup(later());
        try (var packs = Files.walk(directory.resolve("packs"))) {
            for (Path pack : packs.filter(Files::isRegularFile).toList()) {
                if (Files.size(pack) > 1_000_000) {
                    Files.delete(pack);
                }
            }
        }
        Job checking = Job.start();
        try (DedupStore store = DedupStore.open(directory)) {
            assertThat(store.check(false, checking).isSound()).isFalse();
        }
        assertThat(checking.problems().groups().toString()).contains("the pack is missing");
        assertThat(backup(later()).get(Counter.BYTES)).isGreaterThan(3_000_000);
        Job job = Job.start();
        SlabPool slabs = Slabs.pool(16, 64 << 10);
        try (DedupStore store = DedupStore.open(directory)) {
            for (StoredSet set : store.sets(job)) { // the first one too
                try (FakeVolume target = FakeVolume.of(Tree.root())) {
                    target.writer()
                            .write(store.restore(set, List.of(), slabs, job), RestorePlan.same(), job)
                            .block(Duration.ofSeconds(60));
                    DiskFacts.of(source).assertSame(target.facts(), Field.SPARSE);
                }
            }
        }
        assertThat(job.problems().count(io.stripeline.flow.Problem.Severity.ERROR))
                .isZero();
        assertThat(backup(later()).get(Counter.BYTES)).isZero();
    }

    @Test
    void whatIsNoStoreIsNotOpened() {
        assertThatThrownBy(() -> DedupStore.open(source)).isInstanceOf(FormatException.class);
    }
}
