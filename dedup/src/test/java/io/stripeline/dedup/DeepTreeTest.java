package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.SnapshotReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of longer paths than a block of a snapshot weighs, and than a snapshot holds. */
class DeepTreeTest {
    private static final String NAME = "n".repeat(300_000);
    private static final String TOO_DEEP = "0/" + NAME + "/" + NAME + "/" + NAME + "/" + NAME;

    @TempDir
    Path temporary;

    private final MemoryEngine engine = new MemoryEngine();
    private final SlabPool slabs = SlabPool.of(8, 64 << 10);
    private final MemoryTree tree = new MemoryTree();
    private Set<RawPath> kept;

    @BeforeEach
    void makeTree() {
        tree.directory("0");
        for (String at = "0/" + NAME; at.length() < TOO_DEEP.length(); at += "/" + NAME) {
            tree.directory(at).directory(at + "b");
            tree.file(at + "/f", MemoryTree.random(at.length(), 700)).file(at + "b/g", MemoryTree.random(7, 20));
        }
        tree.file("z", MemoryTree.random(1, 100_000));
        tree.directory(TOO_DEEP);
        kept = new TreeSet<>(tree.nodes.keySet());
        tree.file(TOO_DEEP + "/f", MemoryTree.random(2, 100_000)).file(TOO_DEEP + "/small", new byte[] {1});
        tree.directory(TOO_DEEP + "/d").file(TOO_DEEP + "/d/g", MemoryTree.random(3, 100));
        tree.unlisted.add(RawPath.of(TOO_DEEP));
    }

    private Report backup() {
        Job job = Job.start();
        DedupStore store = new DedupStore(engine, FixedCutter::new, temporary);
        BackupOptions options = BackupOptions.standard().temporary(temporary);
        try (Backup backup = store.backup(MemoryTree.SOURCE, options, DedupStore.Compare.STRICT, job)) {
            return Pipelines.run(tree.items(slabs, backup.base()), backup.sink())
                    .block(Duration.ofSeconds(60));
        }
    }

    private Restored restore() {
        Restored out = new Restored();
        Job job = Job.start();
        DedupStore store = new DedupStore(engine, FixedCutter::new, temporary);
        store.restore(store.find("latest", job), List.of(), slabs, job)
                .doOnNext(out::accept)
                .blockLast(Duration.ofSeconds(60));
        await().atMost(Duration.ofSeconds(10)).until(() -> slabs.outstanding() == 0);
        return out;
    }

    @Test
    void whatIsTooDeepIsOneFailedEntryAndAllElseIsKept() {
        for (int round = 0; round < 2; round++) {
            Report report = backup();
            assertThat(report.count(Problem.Severity.ERROR)).isEqualTo(1);
            assertThat(report.get(Counter.FAILED)).isEqualTo(1);
            Problem problem = report.problems().get(0).first().get(0);
            assertThat(problem.path()).as("no longer than people can use it").isEqualTo(RawPath.of("0"));
            assertThat(problem.message())
                    .contains("4 levels below 0", "nothing in it is backed up", "as a tree of its own");
            DedupStore store = new DedupStore(engine, FixedCutter::new, temporary);
            StoredSet set = store.find("latest", Job.start());
            assertThat(set.any().incomplete()).isTrue();
            SnapshotReader shard = store.open(set).shards().get(0);
            assertThat(shard.isIncomplete(RawPath.of(TOO_DEEP).parent())).isTrue();
            assertThat(store.check(true, Job.start()).isSound()).isTrue();
            Restored restored = restore();
            assertThat(restored.entries.keySet()).isEqualTo(kept);
            assertThat(restored.entries.get(RawPath.of("z")).content()).hasSize(100_000);
            assertThat(restored.entries.values())
                    .allMatch(seen -> seen.outcome().equals(Outcome.OK));
        }
        assertThat(tree.read).as("the second time").doesNotContain(RawPath.of("z"));
    }

    @Test
    void anotherNameOfAFileThatIsTooDeepIsNoLinkToNothing() {
        tree.link(TOO_DEEP + "/f", "y");
        Report report = backup();
        assertThat(report.count(Problem.Severity.ERROR)).isEqualTo(2);
        assertThat(report.problems().get(0).first().stream()
                        .map(problem -> problem.path().toString()))
                .containsExactlyInAnyOrder("0", "y");
        Restored restored = restore();
        assertThat(restored.entries.get(RawPath.of("y")).outcome()).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void aNameAboveHasTheContentOfOneThatIsTooDeep() {
        tree.link(TOO_DEEP + "/f", "-");
        assertThat(backup().count(Problem.Severity.ERROR)).isEqualTo(1);
        assertThat(restore().entries.get(RawPath.of("-")).content()).hasSize(100_000);
    }
}
