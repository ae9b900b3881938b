package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.posix.PosixException;
import io.stripeline.program.Foreground;
import io.stripeline.program.Interrupt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

final class ForegroundTest {
    @Test
    void givesTheValue() {
        assertThat(Foreground.await(Mono.just(7), Interrupt.none())).isEqualTo(7);
    }

    @Test
    void throwsWhatTheWorkFailsWith() {
        assertThatThrownBy(() -> Foreground.await(Mono.error(new PosixException("open", 2, "x")), Interrupt.none()))
                .isInstanceOf(PosixException.class);
        IOException full = new IOException("No space left on device");
        assertThatThrownBy(() -> Foreground.await(Mono.error(full), Interrupt.none()))
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(full);
    }

    @Test
    void aSignalCancelsTheWork() throws Exception {
        CountDownLatch subscribed = new CountDownLatch(1);
        AtomicBoolean cancelled = new AtomicBoolean();
        Mono<Integer> never =
                Mono.<Integer>never().doOnSubscribe(s -> subscribed.countDown()).doOnCancel(() -> cancelled.set(true));
        Interrupt interrupt = Interrupt.none();
        Spoken spoken = new Spoken();
        Thread signal = new Thread(() -> {
            awaitUninterruptibly(subscribed);
            interrupt.raise(spoken.console().err());
        });
        signal.start();
        assertThatThrownBy(() -> Foreground.await(never, interrupt)).isInstanceOf(Foreground.Interrupted.class);
        interrupt.finished();
        signal.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(signal.isAlive()).isFalse();
        assertThat(cancelled)
                .as("by the thread of the signal, perhaps after the wait ended")
                .isTrue();
        assertThat(spoken.err()).isEmpty();
    }

    @Test
    void aSignalBeforeTheWorkCancelsItToo() {
        Interrupt interrupt = Interrupt.none();
        interrupt.finished();
        interrupt.raise(new Spoken().console().err());
        assertThatThrownBy(() -> Foreground.await(Mono.never(), interrupt)).isInstanceOf(Foreground.Interrupted.class);
    }

    @Test
    void aSignalWhileNoWorkHasBegunEndsAtOnce() {
        Spoken spoken = new Spoken();
        Interrupt.none().raise(spoken.console().err());
        assertThat(spoken.err()).isEqualTo("stripeline: interrupted\n");
    }

    @Test
    void aSignalAfterTheWorkWaitsUntilEverythingIsClosed() throws Exception {
        Interrupt interrupt = Interrupt.none();
        Foreground.await(Mono.just(1), interrupt);
        Spoken spoken = new Spoken();
        Thread signal = new Thread(() -> interrupt.raise(spoken.console().err()));
        signal.start();
        signal.join(800); // longer than the moment that it would wait without work
        assertThat(signal.isAlive()).isTrue();
        interrupt.finished();
        signal.join();
        assertThat(spoken.err()).isEmpty();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
