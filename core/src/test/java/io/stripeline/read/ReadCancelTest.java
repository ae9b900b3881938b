package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Item;
import io.stripeline.flow.Pipelines;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.InodeBatch;
import io.stripeline.layout.Layout;
import io.stripeline.posix.Errno;
import io.stripeline.slab.SlabPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Whenever it is cancelled, nothing is left: the check after each test waits for slabs, descriptors and threads. */
class ReadCancelTest extends ReadFixture {
    private List<InodeBatch> randomTree(SplittableRandom random) {
        int files = random.nextInt(1, 300);
        for (int i = 0; i < files; i++) {
            int kind = random.nextInt(20);
            if (kind == 0) {
                tree.file("f" + i, FakeTree.bytes(i, random.nextInt(500_000))).attributes =
                        new Attributes(new byte[0], List.of(), 0, 0, new Layout.Striped(4096, 2, ""));
            } else if (kind == 1) {
                tree.links(FakeTree.bytes(i, random.nextInt(20_000)), "f" + i, "g" + i, "h" + i);
                tree.fault("read", "f" + i, random.nextInt(2) * Errno.EIO);
            } else {
                tree.file("f" + i, FakeTree.bytes(i, random.nextInt(20_000)));
            }
        }
        return tree.batches(random.nextInt(1, 100));
    }

    @RepeatedTest(value = 150, failureThreshold = 2)
    void aCancelAtAnyItemLeavesNothing(RepetitionInfo info) {
        SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
        slabs = SlabPool.of(random.nextInt(1, 40), SLAB).traced();
        spec = spec.readAhead(random.nextInt(1, 20)).readers(random.nextInt(1, 10));
        List<InodeBatch> batches = randomTree(random);
        int after = random.nextInt(1, 1 + 3 * tree.names().size());
        Received sink = new Received();
        Pipelines.run(
                        Flux.fromIterable(batches).transform(Read.items(tree, slabs, spec, base, job)),
                        items -> items.take(after)
                                .map(item -> {
                                    sink.take(item);
                                    return true;
                                })
                                .then(reactor.core.publisher.Mono.empty()))
                .block(Duration.ofSeconds(60));
        assertThat(sink.order).isNotEmpty();
    }

    @RepeatedTest(value = 150, failureThreshold = 2)
    void aCancelAtAnyTimeLeavesNothing(RepetitionInfo info) {
        SplittableRandom random = new SplittableRandom(1000 + info.getCurrentRepetition());
        slabs = SlabPool.of(random.nextInt(1, 40), SLAB).traced();
        spec = spec.readAhead(random.nextInt(1, 20)).readers(random.nextInt(1, 10));
        List<InodeBatch> batches = randomTree(random);
        int demand = random.nextInt(4) == 0 ? random.nextInt(50) : Integer.MAX_VALUE;
        CountDownLatch ended = new CountDownLatch(1);
        Flux<Boolean> taken = Flux.fromIterable(batches)
                .transform(Read.items(tree, slabs, spec, base, job))
                .map(item -> {
                    if (item instanceof Item.Data data) {
                        data.slab().release();
                    }
                    return true;
                })
                .doOnDiscard(Item.Data.class, data -> data.slab().discard())
                .doFinally(signal -> ended.countDown());
        List<Throwable> errors = new ArrayList<>();
        reactor.core.publisher.BaseSubscriber<Boolean> subscriber = new reactor.core.publisher.BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                if (demand > 0) {
                    request(demand);
                }
            }

            @Override
            protected void hookOnError(Throwable error) {
                errors.add(error);
            }
        };
        taken.subscribe(subscriber);
        long until = System.nanoTime() + random.nextInt(3_000_000);
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        subscriber.cancel();
        assertThat(errors).isEmpty();
    }

    @Test
    void aCancelDoesNotWaitForAReadThatHangs() throws InterruptedException {
        tree.file("a", FakeTree.bytes(1, 10));
        tree.file("hangs", FakeTree.bytes(2, 500_000));
        CountDownLatch reading = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        tree.hook = (call, name, offset) -> {
            if (call.equals("read") && name.equals("hangs")) {
                reading.countDown();
                awaitLatch(release);
            }
        };
        Disposable job1 = Pipelines.run(
                        Flux.fromIterable(tree.batches(10)).transform(Read.items(tree, slabs, spec, base, job)),
                        new Received())
                .subscribe();
        reading.await();
        job1.dispose();
        assertThat(tree.open.get())
                .as("it still hangs, and dispose has returned")
                .isEqualTo(1);
        release.countDown();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("a reader was interrupted", interrupted);
        }
    }

    @Test
    void anUnsubscribedStageStartsNothing() {
        tree.file("a", FakeTree.bytes(1, 10));
        Flux<Item> items = Flux.fromIterable(tree.batches(10)).transform(Read.items(tree, slabs, spec, base, job));
        assertThat(items).isNotNull();
        assertThat(tree.calls).isEmpty();
    }

    @Test
    void itCanBeSubscribedAgain() {
        tree.file("a", FakeTree.bytes(1, 10));
        Flux<Item> items = Flux.fromIterable(tree.batches(10)).transform(Read.items(tree, slabs, spec, base, job));
        for (int i = 0; i < 3; i++) {
            StepVerifier.create(items.map(item -> {
                        if (item instanceof Item.Data data) {
                            data.slab().release();
                        }
                        return true;
                    }))
                    .expectNextCount(3)
                    .verifyComplete();
        }
    }

    @Test
    void aPoolThatIsClosedEndsTheJob() {
        for (int i = 0; i < 50; i++) {
            tree.file("a" + i, FakeTree.bytes(1, 10_000));
        }
        tree.hook = (call, name, offset) -> {
            if (name.equals("a20")) {
                slabs.close();
            }
        };
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> run(10)).hasMessageContaining("pool is closed");
    }
}
