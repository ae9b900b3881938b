package io.stripeline.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@Timeout(30)
class ThrottleTest {
    private static final int SLAB = 64 << 10;

    private final SlabPool slabs = SlabPool.of(1000, SLAB).traced();
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    @AfterEach
    void nothingIsLeft() {
        assertThat(slabs.takers()).isEmpty();
    }

    private Throttle virtual(Throttle throttle) {
        return throttle.timing(
                new Throttle.Timing(() -> time.now(TimeUnit.NANOSECONDS), () -> new Throttle.Timer(time, () -> {})));
    }

    private Item.Data data(int bytes) {
        try (SlabPool.Ticket ticket = slabs.ticket()) {
            Slab slab = ticket.take();
            slab.buffer().limit(bytes);
            return new Item.Data(0, slab);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private Flux<Item> items(int count, int bytes) {
        return Flux.range(0, count).map(i -> data(bytes));
    }

    /** Releases what comes and counts it. */
    private Flux<Item> counted(Flux<Item> items, AtomicInteger seen) {
        return items.doOnNext(item -> {
                    seen.incrementAndGet();
                    if (item instanceof Item.Data data) {
                        data.slab().release();
                    }
                })
                .doOnDiscard(Item.Data.class, data -> data.slab().discard());
    }

    @Test
    void bytesComeAtTheRateAfterABurst() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(1 << 20));
        AtomicInteger seen = new AtomicInteger();
        var run = counted(items(100, SLAB).transform(throttle.limit()), seen).subscribe();
        // 256 KiB of burst are four pieces, and the next one passes on credit
        assertThat(seen.get()).isEqualTo(5);
        for (int second = 1; second <= 5; second++) {
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(seen.get()).isEqualTo(5 + 16 * second);
        }
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(seen.get()).isEqualTo(100);
        assertThat(run.isDisposed()).isTrue();
    }

    @Test
    void onlyDataPays() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(1));
        Dir root = Dir.root();
        Inode inode = inode(1);
        Entry entry = new Entry(root, new byte[] {'a'}, inode, io.stripeline.inode.Attributes.NONE);
        StepVerifier.create(Flux.range(0, 1000)
                        .map(i -> i % 2 == 0 ? (Item) new Item.Begin(entry) : new Item.End(inode, Outcome.OK, true))
                        .transform(throttle.limit()))
                .expectNextCount(1000)
                .verifyComplete();
    }

    @Test
    void aPieceLargerThanTheBurstPasses() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(SLAB).burst(Duration.ofMillis(1)));
        AtomicInteger seen = new AtomicInteger();
        counted(items(4, SLAB).transform(throttle.limit()), seen).subscribe();
        assertThat(seen.get()).isEqualTo(1);
        time.advanceTimeBy(Duration.ofMillis(990));
        assertThat(seen.get()).isEqualTo(1);
        time.advanceTimeBy(Duration.ofMillis(2020));
        assertThat(seen.get()).isEqualTo(4);
    }

    @Test
    void pipelinesShareOneRate() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(1 << 20));
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        counted(items(200, SLAB).transform(throttle.limit()), first).subscribe();
        counted(items(200, SLAB).transform(throttle.limit()), second).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(first.get() + second.get()).isBetween(160, 170);
        assertThat(first.get()).isBetween(70, 100);
        time.advanceTimeBy(Duration.ofSeconds(60));
        assertThat(first.get() + second.get()).isEqualTo(400);
    }

    @Test
    void demandIsKeptAndOrderToo() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(1 << 20));
        AtomicInteger made = new AtomicInteger();
        List<Long> offsets = new ArrayList<>();
        Flux<Item> items = Flux.range(0, 50)
                .map(i -> {
                    made.incrementAndGet();
                    return (Item) new Item.Data(i, data(SLAB).slab());
                })
                .transform(throttle.limit());
        StepVerifier.create(
                        items.doOnNext(item -> {
                            offsets.add(((Item.Data) item).offset());
                            ((Item.Data) item).slab().release();
                        }),
                        0)
                .expectSubscription()
                .then(() -> assertThat(made.get()).isLessThanOrEqualTo(1))
                .thenRequest(10)
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(60)))
                .expectNextCount(10)
                .then(() -> assertThat(made.get()).isLessThanOrEqualTo(11))
                .thenRequest(40)
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(60)))
                .expectNextCount(40)
                .verifyComplete();
        assertThat(offsets).isSorted().hasSize(50);
    }

    @Test
    void whatIsHeldBackIsReleasedOnCancel() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(SLAB));
        AtomicInteger seen = new AtomicInteger();
        var run = counted(items(10, SLAB).transform(throttle.limit()), seen).subscribe();
        assertThat(slabs.outstanding()).isEqualTo(1);
        run.dispose();
        assertThat(slabs.outstanding()).isZero();
        time.advanceTimeBy(Duration.ofSeconds(60));
        assertThat(seen.get()).isEqualTo(1);
    }

    @Test
    void aScanIsLimitedByItsRows() {
        Throttle throttle = virtual(Throttle.unlimited().inodes(1000));
        InodeBatch batch = new InodeBatch();
        for (int i = 0; i < 250; i++) {
            batch.add(Dir.root(), new byte[] {'a'}, inode(i));
        }
        AtomicInteger seen = new AtomicInteger();
        Flux.range(0, 100)
                .map(i -> batch)
                .transform(throttle.limitInodes())
                .doOnNext(b -> seen.incrementAndGet())
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(seen.get()).isBetween(41, 42);
    }

    @Test
    void aWalkerCanPaceItself() {
        Throttle throttle = virtual(Throttle.unlimited().inodes(1000).burst(Duration.ofMillis(100)));
        assertThat(throttle.leaseInodes(100)).isZero();
        assertThat(throttle.leaseInodes(500)).isZero();
        assertThat(throttle.leaseInodes(1)).isEqualTo(500_000_000L);
    }

    @Test
    void theRateFollowsTheLoadWithHysteresis() {
        Sinks.Many<Double> load = Sinks.many().multicast().directBestEffort();
        Throttle throttle = virtual(Throttle.bytesPerSecond(1 << 20).followedBy(load.asFlux()));
        AtomicInteger seen = new AtomicInteger();
        var run =
                counted(items(100_000, 1024).transform(throttle.limit()), seen).subscribe();
        var other =
                counted(items(100_000, 1024).transform(throttle.limit()), seen).subscribe();
        assertThat(load.currentSubscriberCount()).isEqualTo(1);
        load.tryEmitNext(0.8).orThrow();
        assertThat(throttle.share()).isEqualTo(1);
        load.tryEmitNext(0.95).orThrow();
        load.tryEmitNext(2.0).orThrow();
        assertThat(throttle.share()).isEqualTo(0.25);
        load.tryEmitNext(0.85).orThrow();
        load.tryEmitNext(0.71).orThrow();
        assertThat(throttle.share()).as("between the marks it stays").isEqualTo(0.25);
        time.advanceTimeBy(Duration.ofSeconds(1));
        seen.set(0);
        time.advanceTimeBy(Duration.ofSeconds(8));
        assertThat(seen.get()).isBetween(2040, 2056);
        load.tryEmitNext(0.5).orThrow();
        assertThat(throttle.share()).isEqualTo(0.35);
        for (int i = 0; i < 20; i++) {
            load.tryEmitNext(0.0).orThrow();
        }
        assertThat(throttle.share()).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            load.tryEmitNext(1.0).orThrow();
        }
        assertThat(throttle.share()).isEqualTo(Throttle.LEAST_SHARE);
        run.dispose();
        other.dispose();
        assertThat(load.currentSubscriberCount()).isZero();
    }

    @Test
    void aLoadSignalThatFailsLeavesTheRate() {
        Throttle throttle = virtual(Throttle.bytesPerSecond(1 << 20)
                .followedBy(Flux.just(1.0).concatWith(Flux.error(new IllegalStateException("squeue is gone")))));
        AtomicInteger seen = new AtomicInteger();
        var run = counted(items(20, SLAB).transform(throttle.limit()), seen).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(60));
        assertThat(seen.get()).isEqualTo(20);
        assertThat(run.isDisposed()).isTrue();
        assertThat(throttle.share()).isEqualTo(0.5);
    }

    @Test
    void nobodyWaitsLongerThanTheLongestPause() {
        Throttle throttle =
                virtual(Throttle.bytesPerSecond(1).burst(Duration.ZERO).longestPause(Duration.ofSeconds(5)));
        AtomicInteger seen = new AtomicInteger();
        counted(items(5, SLAB).transform(throttle.limit()), seen).subscribe();
        for (int i = 1; i <= 4; i++) {
            assertThat(seen.get()).isEqualTo(i);
            time.advanceTimeBy(Duration.ofSeconds(5));
        }
        assertThat(seen.get()).isEqualTo(5);
    }

    @Test
    void inRealTimeItsThreadEndsWithThePipeline() {
        AtomicInteger seen = new AtomicInteger();
        Throttle throttle = Throttle.bytesPerSecond(10L * SLAB).burst(Duration.ZERO);
        counted(items(3, SLAB).transform(throttle.limit()), seen).blockLast(Duration.ofSeconds(20));
        assertThat(seen.get()).isEqualTo(3);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .doesNotContain("stripeline-throttle"));
    }

    @Test
    void ratesAreRead() {
        Throttle throttle = virtual(Throttle.parse("64K, inodes=1K, burst=100ms, pause=1m"));
        assertThat(throttle.leaseInodes(1101)).isZero();
        assertThat(throttle.leaseInodes(1)).isBetween(1_000_000_000L, 1_002_000_000L);
        Throttle.parse("200M");
        Throttle.parse("1GiB/s");
        Throttle.parse("inodes=5000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "-1", "0", "200X", "1.5M", "inode=5", "burst=5", "9999999999999T", "1M,,"})
    void whatIsNoRateIsRefused(String text) {
        assertThatThrownBy(() -> Throttle.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rate");
    }

    private static Inode inode(long number) {
        Timestamp t = Timestamp.EPOCH;
        return new Inode(new InodeId(1, 0, number), FileType.REGULAR.bits() | 0644, 1, 0, 0, 0, 0, 0, t, t, t, t);
    }
}
