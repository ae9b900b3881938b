package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** How a writer asks for items: as it takes them, and not at all once it is cancelled. */
class RestoreDemandTest {
    /** What may be between the source and the thread that takes items. */
    private static final int AHEAD = 32;

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path root;

    private Mono<Report> restore(Items items, AtomicLong asked) {
        return PosixTreeWriter.below(root)
                .write(items.flux().doOnRequest(asked::addAndGet), RestorePlan.same(), Job.start());
    }

    @Test
    void asksForItemsAsItTakesThem() {
        int files = 500;
        Items items = new Items();
        for (int i = 0; i < files; i++) {
            items.file("f" + i, "x");
        }
        long count = 3L * files; // begin, content, end
        AtomicLong asked = new AtomicLong();
        StepVerifier.create(restore(items, asked), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextCount(1)
                .expectComplete()
                .verify(LONG);
        assertThat(asked.get()).isBetween(count, count + AHEAD);
        assertThat(root).isDirectoryContaining("glob:**f499");
    }

    @Test
    void asksForNoMoreThanThatAhead() {
        TestPublisher<Item> silent = TestPublisher.create();
        AtomicLong asked = new AtomicLong();
        StepVerifier.create(PosixTreeWriter.below(root)
                        .write(silent.flux().doOnRequest(asked::addAndGet), RestorePlan.same(), Job.start()))
                .expectSubscription()
                .then(() -> assertThat(asked.get()).isEqualTo(AHEAD))
                .thenCancel()
                .verify(LONG);
        silent.assertCancelled();
        assertThat(asked.get()).isEqualTo(AHEAD);
    }

    @Test
    void asksForNothingWhileItsWorkersStand() throws InterruptedException {
        Items items = new Items();
        for (int i = 0; i < 2000; i++) {
            items.file("f" + i, "x");
        }
        AtomicLong asked = new AtomicLong();
        CountDownLatch standing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RestorePlan plan = RestorePlan.same().telling((number, fate) -> {
            standing.countDown();
            awaited(go);
        });
        Mono<Report> restore =
                PosixTreeWriter.below(root).write(items.flux().doOnRequest(asked::addAndGet), plan, Job.start());
        StepVerifier verifier =
                StepVerifier.create(restore).expectNextCount(1).expectComplete().verifyLater();
        assertThat(standing.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(asked.get()).isLessThan(2000);
        go.countDown();
        verifier.verify(LONG);
        assertThat(asked.get()).isGreaterThanOrEqualTo(6000);
    }

    private static void awaited(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
