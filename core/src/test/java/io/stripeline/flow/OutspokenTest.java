package io.stripeline.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What a timer's task throws is told, not kept in a future. */
@Timeout(60)
class OutspokenTest {
    private final LinkedBlockingQueue<Throwable> told = new LinkedBlockingQueue<>();

    private Outspoken timer() {
        return new Outspoken(1, task -> {
            Thread thread = new Thread(task, "stripeline-test-timer");
            thread.setUncaughtExceptionHandler((at, failure) -> told.add(failure));
            return thread;
        });
    }

    private static void fail() {
        throw new NoClassDefFoundError("not linked");
    }

    @Test
    void whatIsThrownOnceOrInTurnIsTold() throws Exception {
        Outspoken timer = timer();
        try {
            Future<?> once = timer.schedule(OutspokenTest::fail, 1, TimeUnit.MILLISECONDS);
            assertThat(told.take()).isInstanceOf(NoClassDefFoundError.class);
            Future<?> inTurn = timer.scheduleWithFixedDelay(OutspokenTest::fail, 1, 1, TimeUnit.MILLISECONDS);
            assertThat(told.take()).isInstanceOf(NoClassDefFoundError.class);
            Future<Integer> good = timer.submit(() -> 5);
            assertThat(good.get()).isEqualTo(5);
            assertThat(once.isDone() && inTurn.isDone()).isTrue();
        } finally {
            timer.shutdown();
            assertThat(timer.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(told).isEmpty();
    }

    @Test
    void whatAnOperatorThrowsOnIsTold() throws InterruptedException {
        Outspoken timer = timer();
        Scheduler scheduler = Schedulers.fromExecutorService(timer);
        try {
            var hanging = Mono.delay(java.time.Duration.ofMillis(1), scheduler)
                    .doOnNext(tick -> fail())
                    .subscribe();
            assertThat(told.take()).isInstanceOf(NoClassDefFoundError.class);
            hanging.dispose();
        } finally {
            timer.shutdown();
            assertThat(timer.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
        }
    }
}
