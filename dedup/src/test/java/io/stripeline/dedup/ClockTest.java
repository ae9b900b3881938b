package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Report;
import io.stripeline.slab.SlabPool;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup by a clock that runs ahead, and those behind it by one that was set right. */
@Timeout(60)
class ClockTest {
    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();
    private final MemoryTree tree = new MemoryTree();

    private static Job job(Duration ahead) {
        return new Job(new Progress(), new Problems(), Clock.offset(Clock.systemUTC(), ahead));
    }

    private DedupStore store() {
        return new DedupStore(engine, FixedCutter::new, temporary);
    }

    private String backup(Job job) {
        try (SlabPool slabs = SlabPool.of(8, 64 << 10);
                Backup backup = store().backup(
                                MemoryTree.SOURCE,
                                BackupOptions.standard().temporary(temporary),
                                DedupStore.Compare.STRICT,
                                job)) {
            Report report = Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(Duration.ofSeconds(20));
            return report.id();
        }
    }

    private String latest() {
        return store().find("latest", Job.start()).shards().get(0).id();
    }

    @Test
    void theLatestIsTheLastOneThatWasMade() {
        tree.file("f", MemoryTree.random(1, 1000));
        String first = backup(job(Duration.ZERO));
        String ahead = backup(job(Duration.ofDays(1)));
        assertThat(latest()).isEqualTo(ahead);

        tree.file("g", MemoryTree.random(2, 1000));
        Job right = job(Duration.ofSeconds(1));
        String third = backup(right);
        assertThat(latest()).isEqualTo(third);
        assertThat(right.problems().groups())
                .anyMatch(group -> group.first().get(0).message().contains("ahead of this one's"));

        tree.file("h", MemoryTree.random(3, 1000));
        Job fourth = job(Duration.ofSeconds(2));
        String last = backup(fourth);
        assertThat(latest()).isEqualTo(last);
        assertThat(store().snapshots(Job.start()))
                .extracting(StoredSnapshot::id)
                .isEqualTo(List.of(first, ahead, third, last));
        assertThat(tree.read).extracting(Object::toString).containsExactly("h");
    }

    @Test
    void aClockThatIsRightWarnsOfNothing() {
        backup(job(Duration.ZERO));
        Job next = job(Duration.ofSeconds(-30));
        backup(next);
        assertThat(next.problems().groups()).isEmpty();
    }
}
