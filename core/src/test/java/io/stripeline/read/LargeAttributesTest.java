package io.stripeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Xattr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Large sets of extended attributes: few are held at a time, however many entries are read ahead. */
class LargeAttributesTest extends ReadFixture {
    private static final int ENTRIES = 60;
    private static final Attributes LARGE =
            new Attributes(new byte[0], List.of(new Xattr(new byte[] {'a'}, new byte[100_000])), 0, 0, null);

    /** Two of the largest fit into the room. */
    private static final int MOST = 2;

    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger mostHeld = new AtomicInteger();

    /** Every third one has few. */
    private void plant() {
        for (int i = 0; i < ENTRIES; i++) {
            FakeTree.Node node =
                    i % 2 == 0 ? tree.file("f" + i, FakeTree.bytes(i, 100)) : tree.other("d" + i, FileType.DIRECTORY);
            node.attributes = i % 3 == 0 ? Attributes.NONE : LARGE;
        }
    }

    /** Counts those that were let in and are not given back. */
    private Flux<Item> items() {
        tree.hook = (call, name, offset) -> {
            if (call.equals("let in")) {
                mostHeld.accumulateAndGet(held.incrementAndGet(), Math::max);
            }
        };
        return Flux.fromIterable(tree.batches(16)).transform(Read.items(tree, slabs, spec, base, job));
    }

    private boolean isLarge(Item item) {
        return item instanceof Item.Begin begin && begin.entry().attributes().equals(LARGE);
    }

    @Test
    void allOfThemComeAndFewAtATime() {
        plant();
        spec = spec.readAhead(32).readers(16);
        Received sink = new Received();
        Pipelines.run(
                        items(),
                        all -> sink.write(all.doOnNext(item -> {
                            if (isLarge(item)) {
                                held.decrementAndGet();
                                item.release();
                            }
                        })))
                .block(Duration.ofSeconds(100));
        assertThat(sink.order).isEqualTo(tree.names());
        sink.begins.forEach((name, entry) -> assertThat(entry.attributes()).isEqualTo(tree.node(name).attributes));
        assertThat(mostHeld.get()).isBetween(1, MOST);
        assertThat(held.get()).isZero();
    }

    @Test
    void aSinkThatKeepsThemGetsNoMoreUntilItGivesBack() throws Exception {
        plant();
        List<Item> kept = new ArrayList<>();
        CountDownLatch first = new CountDownLatch(MOST);
        CountDownLatch end = new CountDownLatch(1);
        Disposable subscription = Pipelines.run(
                        items(),
                        all -> all.map(item -> {
                                    if (isLarge(item)) {
                                        synchronized (kept) {
                                            kept.add(item);
                                        }
                                        first.countDown();
                                    } else {
                                        item.release();
                                    }
                                    return true;
                                })
                                .then(Mono.just(Report.of("", job))))
                .doFinally(signal -> end.countDown())
                .subscribe();
        assertThat(first.await(50, TimeUnit.SECONDS)).isTrue();
        for (int given = 0; !end.await(1, TimeUnit.MILLISECONDS); ) {
            List<Item> now;
            synchronized (kept) {
                now = new ArrayList<>(kept.subList(given, kept.size()));
            }
            assertThat(now.size()).isLessThanOrEqualTo(MOST);
            given += now.size();
            held.addAndGet(-now.size());
            now.forEach(Item::release);
        }
        assertThat(subscription.isDisposed()).isTrue();
        assertThat(kept).hasSize(ENTRIES - ENTRIES / 3);
        assertThat(mostHeld.get()).isEqualTo(MOST);
    }

    /** Of those that were let in one is kept; the next waits for room, and others behind it for their turn. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 20})
    void aCancelWakesWhoWaits(int readers) throws Exception {
        plant();
        spec = spec.readAhead(32).readers(readers);
        CountDownLatch stands = new CountDownLatch(MOST);
        Disposable subscription = items().doOnNext(item -> {
                    if (isLarge(item)) {
                        stands.countDown();
                    } else {
                        item.release();
                    }
                })
                .subscribe();
        assertThat(stands.await(50, TimeUnit.SECONDS)).isTrue();
        subscription.dispose();
    }

    @Test
    void whatAFilterDropsIsGivenBack() {
        plant();
        Pipelines.run(
                        items().filter(item -> !(item instanceof Item.Begin)),
                        all -> all.doOnNext(Item::release).then(Mono.just(Report.of("", Job.start()))))
                .block(Duration.ofSeconds(100));
        assertThat(count(Counter.ENTRIES)).isEqualTo(ENTRIES);
    }

    @Test
    void fewAttributesNeedNoRoom() {
        for (int i = 0; i < ENTRIES; i++) {
            tree.file("f" + i, FakeTree.bytes(i, 100)).attributes = new Attributes(
                    new byte[0],
                    List.of(new Xattr(new byte[] {'a'}, new byte[AttributeRoom.LIGHT_BYTES - 100])),
                    0,
                    0,
                    null);
        }
        Pipelines.run(
                        items(),
                        all -> all.filter(item -> {
                                    if (item instanceof Item.Begin begin) {
                                        assertThat(begin.hold()).isSameAs(AttributeRoom.Hold.NONE);
                                    }
                                    return item instanceof Item.Data;
                                })
                                .doOnNext(Item::release)
                                .then(Mono.just(Report.of("", job))))
                .block(Duration.ofSeconds(100));
        assertThat(mostHeld.get()).isZero();
    }
}
