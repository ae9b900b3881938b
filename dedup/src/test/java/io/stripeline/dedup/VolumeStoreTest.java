package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Content;
import io.stripeline.testkit.FakeVolume;
import io.stripeline.testkit.RandomTrees;
import io.stripeline.testkit.Seeds;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;

/** From a volume through scan, reader and store to another volume. */
class VolumeStoreTest {
    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();

    /** A job so late that all times of the trees, some of which are centuries from now, are past. */
    private static Job later() {
        return new Job(new Progress(), new Problems(), Clock.offset(Clock.systemUTC(), Duration.ofDays(500_000)));
    }

    private Report backup(FakeVolume volume, SlabPool slabs, Job job) {
        DedupStore store = new DedupStore(engine, FixedCutter::new, temporary);
        BackupOptions options = BackupOptions.standard().temporary(temporary);
        return StoredTree.backup(store, volume, options, slabs, job);
    }

    private void assertRestored(FakeVolume volume, SlabPool slabs) {
        DedupStore store = new DedupStore(engine, FixedCutter::new, temporary);
        Job job = Job.start();
        try (FakeVolume target = FakeVolume.of(Tree.root())) {
            StoredTree.restore(store, store.find("latest", job), target, slabs, job);
            volume.facts().assertSame(target.facts());
        }
        assertThat(job.problems().groups()).isEmpty();
    }

    @Seeds(30)
    void randomTreesComeBackIdentical(SplittableRandom random) {
        SlabPool slabs = Slabs.pool(16, 64 << 10);
        try (FakeVolume volume = FakeVolume.of(RandomTrees.of(random, 5 + random.nextInt(120)))) {
            volume.shuffled(random.nextLong());
            assertThat(backup(volume, slabs, later()).isComplete()).isTrue();
            assertRestored(volume, slabs);

            Job second = later();
            backup(volume, slabs, second);
            assertThat(second.progress().get(Counter.BYTES)).isZero();
            assertThat(second.progress().get(Counter.UNCHANGED))
                    .isEqualTo(second.progress().get(Counter.ENTRIES));
            assertRestored(volume, slabs);

            volume.add("", Tree.file("new file of this test", Content.random(random.nextLong(), 70_000)));
            Job third = later();
            backup(volume, slabs, third);
            assertThat(third.progress().get(Counter.BYTES)).isLessThanOrEqualTo(70_000);
            assertRestored(volume, slabs);
        }
    }
}
