package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Report;
import io.stripeline.fs.posix.PosixDriver;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.FakeVolume;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts.Field;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A tree on disk and the store it goes into, for tests of the whole store.
 *
 * @param temporary where backups lay what does not fit into memory
 * @param source the tree
 * @param store made by the first backup
 */
record StoredTree(Path temporary, Path source, Path store) {
    /** Waiting longer is pointless: what hangs has hung. */
    private static final Duration LONG = Duration.ofSeconds(100);

    /** Makes {@code tree} below {@code temporary}, and nothing of the store yet. */
    static StoredTree create(Path temporary, Tree tree) throws IOException {
        Path source = Files.createDirectory(temporary.resolve("source"));
        DiskTree.create(source, tree);
        return new StoredTree(temporary, source, temporary.resolve("store"));
    }

    /** A job for which everything that was just written is settled. */
    static Job later() {
        return new Job(new Progress(), new Problems(), Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
    }

    Report backup(Job job) {
        return backup(BackupOptions.standard().temporary(temporary), job);
    }

    Report backup(BackupOptions options, Job job) {
        try (Volume volume = new PosixDriver().open(source)) {
            return backup(volume, options, job);
        }
    }

    /** Of another view of the tree. */
    Report backup(Volume volume, Job job) {
        return backup(volume, BackupOptions.standard().temporary(temporary), job);
    }

    private Report backup(Volume volume, BackupOptions options, Job job) {
        try (DedupStore open = DedupStore.openOrCreate(store)) {
            return backup(open, volume, options, Slabs.pool(16, 64 << 10), job);
        }
    }

    /** One backup of a whole volume. */
    static Report backup(DedupStore store, Volume volume, BackupOptions options, SlabPool slabs, Job job) {
        try (Backup backup = store.backup(BackupSource.of(volume), options, DedupStore.Compare.STRICT, job)) {
            return Objects.requireNonNull(Pipelines.run(
                            volume.scan(ScanSpec.all(), job)
                                    .transform(Read.items(
                                            volume.content(),
                                            slabs,
                                            ReadSpec.of(volume.capabilities()),
                                            backup.base(),
                                            job)),
                            backup.sink())
                    .block(LONG));
        }
    }

    CheckResult check(boolean readData, Job job) {
        try (DedupStore open = DedupStore.open(store)) {
            return open.check(readData, job);
        }
    }

    /** That the last snapshot is the tree, and nothing is said of it. */
    void assertRestored() {
        Job job = Job.start();
        try (DedupStore open = DedupStore.open(store)) {
            assertRestored(open, open.find("latest", job), source, job);
        }
        assertThat(job.problems().groups()).isEmpty();
    }

    /** That a snapshot is a tree on disk. */
    static void assertRestored(DedupStore store, StoredSet set, Path source, Job job) {
        try (FakeVolume target = FakeVolume.of(Tree.root())) {
            restore(store, set, target, Slabs.pool(16, 64 << 10), job);
            // where holes lie is the filesystem's affair
            DiskFacts.of(source).assertSame(target.facts(), Field.SPARSE);
        }
    }

    static Report restore(DedupStore store, StoredSet set, Volume target, SlabPool slabs, Job job) {
        return Objects.requireNonNull(Pipelines.run(
                        store.restore(set, List.of(), slabs, job),
                        items -> target.writer().write(items, RestorePlan.same().devices(true), job))
                .block(LONG));
    }
}
