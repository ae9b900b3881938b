package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.Shard;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Entry;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.RefusedRootException;
import io.stripeline.scan.ScanSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The part of {@link VolumeContract} about scans, and what its tests share. */
@Timeout(120)
abstract class ScanContract {
    static final Duration LONG = Duration.ofSeconds(100);
    /** A volume whose root holds {@code tree}. The contract closes it. */
    protected abstract Volume volume(Tree tree);

    /** What is in the volume, seen by other means than its own. */
    protected abstract TreeFacts facts(Volume volume);

    /** Puts {@code node} where something else was, as another process would. */
    protected abstract void replace(Volume volume, String path, Tree node);

    /** Removes a name with all below it, as another process would. */
    protected abstract void remove(Volume volume, String path);

    static final Tree SAMPLE = Tree.root(
            Tree.dir("a", Tree.file("f", 100_000).mode(0640), Tree.dir("deep", Tree.file("g", 10))),
            Tree.dir("a-b"),
            Tree.dir("empty"),
            Tree.file("a.txt", 5).mtime(1_000_000_000, 999_999_999),
            Tree.file(new byte[] {(byte) 0xFE, '\n', ' '}, Content.of("odd name")),
            Tree.symlink("link", "a/f"),
            Tree.symlink("dangling", "/nowhere"),
            Tree.fifo("fifo"));

    static List<InodeBatch> scan(Volume volume, ScanSpec spec) {
        return volume.scan(spec, Job.start()).collectList().block(LONG);
    }

    private static Set<RawPath> paths(List<InodeBatch> batches) {
        Set<RawPath> out = new TreeSet<>();
        for (InodeBatch batch : batches) {
            assertThat(batch.failures()).isEmpty();
            for (int row = 0; row < batch.size(); row++) {
                assertThat(out.add(batch.path(row)))
                        .as("%s twice", batch.path(row))
                        .isTrue();
            }
        }
        return out;
    }

    static Entry entry(Volume volume, String path) {
        for (InodeBatch batch : scan(volume, ScanSpec.all())) {
            for (int row = 0; row < batch.size(); row++) {
                if (batch.path(row).equals(RawPath.of(path))) {
                    return new Entry(
                            batch.dir(row), batch.name(row), batch.inode(row), io.stripeline.inode.Attributes.NONE);
                }
            }
        }
        throw new AssertionError("the scan did not give " + path);
    }

    @Test
    protected void aScanGivesEveryNameOnce() {
        try (Volume volume = volume(SAMPLE)) {
            assertThat(paths(scan(volume, ScanSpec.all())))
                    .isEqualTo(facts(volume).paths());
        }
    }

    @Seeds(5)
    protected void aScanOfARandomTreeGivesEveryNameOnce(SplittableRandom random) {
        try (Volume volume = volume(RandomTrees.of(random, 300))) {
            assertThat(paths(scan(volume, ScanSpec.all())))
                    .isEqualTo(facts(volume).paths());
        }
    }

    @Test
    protected void theRootComesFirstAndADirectoryBeforeWhatIsInIt() {
        try (Volume volume = volume(SAMPLE)) {
            Set<RawPath> seen = new TreeSet<>();
            for (InodeBatch batch : scan(volume, ScanSpec.all())) {
                for (int row = 0; row < batch.size(); row++) {
                    RawPath path = batch.path(row);
                    assertThat(seen.isEmpty()).isEqualTo(path.isRoot());
                    assertThat(path.isRoot() || seen.contains(path.parent()))
                            .as("parent of %s", path)
                            .isTrue();
                    seen.add(path);
                }
            }
        }
    }

    @Test
    protected void rowsCarryWhatStatTells() {
        try (Volume volume = volume(SAMPLE)) {
            TreeFacts facts = facts(volume);
            for (InodeBatch batch : scan(volume, ScanSpec.all())) {
                for (int row = 0; row < batch.size(); row++) {
                    var inode = batch.inode(row);
                    var fact = facts.get(batch.path(row));
                    assertThat(inode.type()).isEqualTo(fact.type());
                    assertThat(inode.permissions()).isEqualTo(fact.mode());
                    assertThat(inode.uid()).isEqualTo(fact.uid());
                    assertThat(inode.gid()).isEqualTo(fact.gid());
                    assertThat(inode.mtime()).isEqualTo(fact.mtime());
                    if (!inode.isDirectory()) {
                        assertThat(inode.sizeBytes()).isEqualTo(fact.sizeBytes());
                    }
                    assertThat(volume.fileSystemId(inode.id().device())).isEqualTo(volume.fileSystemId());
                }
            }
        }
    }

    @Test
    protected void eachSubscriptionIsAWalkOfItsOwnAndCounts() {
        try (Volume volume = volume(SAMPLE)) {
            Job job = Job.start();
            Flux<InodeBatch> scan = volume.scan(ScanSpec.all(), job);
            assertThat(job.progress().get(Counter.SCANNED)).isZero();
            Set<RawPath> first = paths(scan.collectList().block(LONG));
            assertThat(paths(scan.collectList().block(LONG))).isEqualTo(first);
            assertThat(job.progress().get(Counter.SCANNED)).isEqualTo(2L * first.size());
            assertThat(job.progress().get(Counter.DIRECTORIES)).isEqualTo(2L * 5);
        }
    }

    @Test
    protected void aSubscriberGetsNoMoreThanItAskedFor() {
        try (Volume volume = volume(wide(2_000))) {
            StepVerifier.create(volume.scan(ScanSpec.all(), Job.start()), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(50))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .expectNoEvent(Duration.ofMillis(50))
                    .thenRequest(2)
                    .expectNextCount(2)
                    .thenCancel()
                    .verify(LONG);
        }
    }

    private static Tree wide(int files) {
        List<Tree> children = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            children.add(Tree.file("f" + i, 0));
        }
        return Tree.root(Tree.dir("d").children(children));
    }

    @Test
    protected void patternsSelectAndPrune() {
        try (Volume volume = volume(SAMPLE)) {
            assertThat(paths(scan(volume, ScanSpec.all().exclude("a"))))
                    .doesNotContain(RawPath.of("a"), RawPath.of("a/f"))
                    .contains(RawPath.of("a-b"));
            assertThat(paths(scan(volume, ScanSpec.all().include("*.txt"))))
                    .contains(RawPath.of("a.txt"), RawPath.of("a/deep"))
                    .doesNotContain(RawPath.of("a/f"), RawPath.of("link"));
        }
    }

    @Test
    protected void aGateDecidesBeforeADirectoryIsEntered() {
        Tree tree = Tree.root(
                Tree.dir("keep", Tree.file("f", 1), Tree.dir("closed", Tree.file("g", 1))),
                Tree.dir("refused", Tree.dir("below", Tree.file("h", 1))),
                Tree.file("f.tmp", 1));
        Set<String> refused = Set.of("refused", "f.tmp");
        for (Shard shard : List.of(Shard.ALL, new Shard(1, 2, Shard.By.HASH), new Shard(2, 2, Shard.By.HASH))) {
            Set<RawPath> asked = java.util.Collections.synchronizedSet(new TreeSet<>());
            try (Volume volume = volume(tree)) {
                Job job = Job.start();
                Set<RawPath> found = paths(volume.scan(
                                ScanSpec.all().shard(shard).gate((rows, taken, entered) -> {
                                    for (int row = 0; row < rows.size(); row++) {
                                        asked.add(rows.path(row));
                                        taken.set(
                                                row,
                                                !refused.contains(rows.path(row).toString()));
                                        entered.set(row, !rows.path(row).equals(RawPath.of("keep/closed")));
                                    }
                                }),
                                job)
                        .collectList()
                        .block(LONG));
                assertThat(found).noneMatch(path -> path.toString().startsWith("refused"));
                assertThat(found).doesNotContain(RawPath.of("f.tmp"), RawPath.of("keep/closed/g"));
                assertThat(asked).doesNotContain(RawPath.of("refused/below"), RawPath.of("keep/closed/g"));
                assertThat(job.progress().get(Counter.SCANNED)).isEqualTo(found.size());
                if (shard.isAll()) {
                    assertThat(found)
                            .containsExactlyInAnyOrder(
                                    RawPath.ROOT, RawPath.of("keep"), RawPath.of("keep/f"), RawPath.of("keep/closed"));
                    assertThat(job.progress().get(Counter.SKIPPED)).isEqualTo(2);
                    assertThat(job.progress().get(Counter.DIRECTORIES)).isEqualTo(3);
                }
            }
        }
    }

    @Test
    protected void aGateSeesEveryRowOfAWideTreeOnce() {
        List<Tree> dirs = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            dirs.add(Tree.dir("d" + i, Tree.file("f", 0)));
        }
        java.util.concurrent.atomic.AtomicInteger asked = new java.util.concurrent.atomic.AtomicInteger();
        try (Volume volume = volume(Tree.root().children(dirs))) {
            Set<RawPath> found =
                    paths(scan(volume, ScanSpec.all().gate((rows, taken, entered) -> asked.addAndGet(rows.size()))));
            assertThat(found).hasSize(1401);
            assertThat(asked).hasValue(1401);
        }
    }

    @Test
    protected void whatAGateThrowsEndsTheScan() {
        try (Volume volume = volume(SAMPLE)) {
            Flux<InodeBatch> scan = volume.scan(
                    ScanSpec.all().gate((rows, taken, entered) -> {
                        throw new IllegalStateException("no answer");
                    }),
                    Job.start());
            StepVerifier.create(scan).expectErrorMessage("no answer").verify(LONG);
        }
    }

    @Test
    protected void skippedIdentitiesAreNotEntered() {
        try (Volume volume = volume(SAMPLE)) {
            InodeId a = entry(volume, "a").inode().id();
            Job job = Job.start();
            List<InodeBatch> batches = volume.scan(ScanSpec.all().skip(Set.of(a)), job)
                    .collectList()
                    .block(LONG);
            assertThat(paths(batches)).doesNotContain(RawPath.of("a"), RawPath.of("a/f"));
            assertThat(job.progress().get(Counter.SKIPPED)).isEqualTo(1);
        }
    }

    @Test
    protected void aSkippedRootIsRefused() {
        try (Volume volume = volume(SAMPLE)) {
            InodeId root = scan(volume, ScanSpec.all()).get(0).inode(0).id();
            StepVerifier.create(volume.scan(ScanSpec.all().skip(Set.of(root)), Job.start()))
                    .expectError(RefusedRootException.class)
                    .verify(LONG);
        }
    }

    @ParameterizedTest
    @EnumSource(Shard.By.class)
    protected void shardsAreAPartition(Shard.By by) {
        Tree tree = RandomTrees.of(new SplittableRandom(7), 400);
        try (Volume volume = volume(tree)) {
            for (int count : new int[] {2, 5}) {
                Map<RawPath, Integer> owners = new HashMap<>();
                for (int i = 1; i <= count; i++) {
                    for (RawPath path : paths(scan(volume, ScanSpec.all().shard(new Shard(i, count, by))))) {
                        assertThat(owners.put(path, i))
                                .as("second owner of %s", path)
                                .isNull();
                    }
                }
                assertThat(owners.keySet()).isEqualTo(facts(volume).paths());
            }
        }
    }
}
