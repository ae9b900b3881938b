package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Faults.Call;
import io.stripeline.write.RestorePlan;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * What every sink that can be read back must do. A store's test is a subclass of ten lines: how a sink is made, and
 * what it answers when it is asked for what it took. Each test uses a destination of its own.
 */
@Timeout(120)
public abstract class SinkContract {
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final int SLAB = 16 << 10;

    /** A new sink for one job, into a destination that outlives it. */
    protected abstract Sink sink(Volume volume, Job job);

    /** All items of what a sink took, whole files; slabs are the pool's. */
    protected abstract Flux<Item> stored(Report report, SlabPool slabs);

    private static final Tree SAMPLE = Tree.root(
            Tree.dir("a", Tree.file("f", 300_000), Tree.file("empty", 0), Tree.symlink("s", "../x")),
            Tree.hole("hole", 3 << 20),
            Tree.file(
                    "sparse",
                    Content.hole(1 << 20).then(Content.random(1, 70_001)).then(Content.hole(2 << 20))),
            Tree.hardLink("b", "a/f"),
            Tree.file(new byte[] {(byte) 0xFE, '\n'}, Content.of("odd")).xattr("user.x", new byte[] {1, 0, 2}),
            Tree.fifo("fifo"));

    private static Flux<Item> items(Volume volume, SlabPool slabs, Job job) {
        return volume.scan(ScanSpec.all(), job)
                .transform(Read.items(
                        volume.content(),
                        slabs,
                        ReadSpec.standard().readAhead(8).readers(4),
                        Base.NONE,
                        job));
    }

    private Report store(Volume volume, SlabPool slabs) {
        Job job = Job.start();
        return Pipelines.run(items(volume, slabs, job), sink(volume, job)).block(LONG);
    }

    private TreeFacts restored(Report report) {
        FakeVolume back = FakeVolume.of(Tree.root());
        Job job = Job.start();
        Report written = Pipelines.run(
                        stored(report, Slabs.pool(16, SLAB)),
                        items -> back.writer().write(items, RestorePlan.same(), job))
                .block(LONG);
        assertThat(written.problems()).isEmpty();
        return back.facts();
    }

    @Test
    protected void whatIsStoredComesBack() {
        FakeVolume volume = FakeVolume.of(SAMPLE);
        Report report = store(volume, Slabs.pool(16, SLAB));
        assertThat(report.isComplete()).isTrue();
        volume.facts().assertSame(restored(report));
    }

    @Seeds(5)
    protected void aRandomTreeComesBack(SplittableRandom random) {
        FakeVolume volume = FakeVolume.of(RandomTrees.of(random, 200))
                .batchRows(1 + random.nextInt(256))
                .shuffled(random.nextLong());
        volume.facts().assertSame(restored(store(volume, Slabs.pool(16, SLAB))));
    }

    @Test
    protected void anEmptyTreeIsATree() {
        FakeVolume volume = FakeVolume.of(Tree.root());
        volume.facts().assertSame(restored(store(volume, Slabs.pool(16, SLAB))));
    }

    @Test
    protected void oneSlabIsEnough() {
        FakeVolume volume = FakeVolume.of(Tree.root(Tree.file("f", 40L * SLAB), Tree.file("g", 3L * SLAB)));
        volume.facts().assertSame(restored(store(volume, Slabs.pool(1, SLAB))));
    }

    /** More of them than there is room for at once: a sink that gives none back waits for ever. */
    @Test
    protected void largeAttributesComeBack() {
        byte[] value = new byte[60_000];
        new SplittableRandom(3).nextBytes(value);
        Tree[] entries = new Tree[12];
        for (int i = 0; i < entries.length; i++) {
            Tree entry = i % 2 == 0 ? Tree.file("f" + i, 1_000 * i) : Tree.dir("d" + i, Tree.file("in", i));
            entries[i] = entry.xattr("user.a", value).xattr("user.b", value);
        }
        FakeVolume volume = FakeVolume.of(Tree.root(entries));
        volume.facts().assertSame(restored(store(volume, Slabs.pool(16, SLAB))));
    }

    @Test
    protected void aFileThatFailsIsNotStoredAndTheRestIs() {
        for (Call call : new Call[] {Call.OPEN, Call.READ, Call.FILE_ATTRIBUTES}) {
            FakeVolume volume = FakeVolume.of(SAMPLE);
            Faults faults = new Faults().on(call, "sparse").always().fail(Errno.EIO);
            Report report = store(new FaultyVolume(volume, faults), Slabs.pool(16, SLAB));
            assertThat(report.isComplete()).as("complete with %s failing", call).isFalse();
            assertThat(report.problems().toString()).contains("EIO").contains("sparse");
            TreeFacts back = restored(report);
            assertThat(back.paths()).doesNotContain(RawPath.of("sparse"));
            volume.remove("sparse");
            volume.facts().assertSame(back, TreeFacts.Field.MTIME);
        }
    }

    @Test
    protected void anErrorOfTheUpstreamIsTheErrorOfTheSink() {
        FakeVolume volume = FakeVolume.of(SAMPLE);
        Job job = Job.start();
        Flux<Item> broken = items(volume, Slabs.pool(16, SLAB), job)
                .take(5)
                .concatWith(Flux.error(new IllegalStateException("the scan is lost")));
        assertThatThrownBy(() -> Pipelines.run(broken, sink(volume, job)).block(LONG))
                .hasMessageContaining("the scan is lost");
    }

    /** After a cancel at any item nothing is left of the sink: no slab, no thread, no descriptor. */
    @Seeds(12)
    protected void aCancelLeavesNothing(SplittableRandom random) throws InterruptedException {
        FakeVolume volume = FakeVolume.of(SAMPLE);
        Job job = Job.start();
        int at = random.nextInt(30);
        CountDownLatch reached = new CountDownLatch(1);
        Flux<Item> counted = items(volume, Slabs.pool(4, SLAB), job)
                .index()
                .doOnNext(indexed -> {
                    if (indexed.getT1() == at) {
                        reached.countDown();
                    }
                })
                .map(indexed -> indexed.getT2())
                .doOnTerminate(reached::countDown);
        Disposable running = Pipelines.run(counted, sink(volume, job)).subscribe();
        assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        running.dispose();
    }
}
