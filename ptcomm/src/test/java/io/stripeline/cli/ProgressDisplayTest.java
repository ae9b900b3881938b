package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ProgressDisplayTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Progress progress = new Progress();

    private ProgressDisplay display(Spoken spoken, ProgressDisplay.Expected expected) {
        return new ProgressDisplay(spoken.console(), progress, Counter.ENTRIES, expected, nanos::get);
    }

    @Test
    void plainLinesTellRatesSinceTheLastOne() {
        Spoken spoken = new Spoken();
        try (ProgressDisplay display = display(spoken, ProgressDisplay.Expected.NOTHING)) {
            progress.add(Counter.ENTRIES, 1000);
            progress.add(Counter.BYTES, 20 << 20);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
            display.draw();
            progress.add(Counter.ENTRIES, 500);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
            display.draw();
        }
        assertThat(spoken.err().lines())
                .containsExactly(
                        "stripeline: 1,000 entries (100/s), 20.0 MiB (2.0 MiB/s)",
                        "stripeline: 1,500 entries (50/s), 20.0 MiB (0 B/s)");
        assertThat(spoken.out()).isEmpty();
    }

    /** The timer would keep it to itself, and draw no more. */
    @Test
    void whatDrawingThrowsIsToldToTheHandlerOfItsThread() throws InterruptedException {
        AtomicReference<Throwable> told = new AtomicReference<>();
        AtomicBoolean broken = new AtomicBoolean();
        ProgressDisplay display = new ProgressDisplay(
                new Spoken().console(), progress, Counter.ENTRIES, ProgressDisplay.Expected.NOTHING, () -> {
                    if (broken.get()) {
                        throw new NoClassDefFoundError("not linked");
                    }
                    return 0;
                });
        broken.set(true);
        Thread thread = new Thread(display::drawOrTell, "stripeline-test-display");
        thread.setUncaughtExceptionHandler((at, failure) -> told.set(failure));
        thread.start();
        thread.join();
        display.close();
        assertThat(told.get()).isInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void timeLeftIsToldWhereTheTotalIsKnown() {
        Spoken spoken = new Spoken();
        try (ProgressDisplay display = display(spoken, new ProgressDisplay.Expected(400, 4000))) {
            progress.add(Counter.ENTRIES, 100);
            progress.add(Counter.BYTES, 1000);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
            display.draw();
        }
        assertThat(spoken.err()).contains("30.0 s left");
    }

    @Test
    void terminalLineIsRedrawnAndMessagesStandAlone() {
        Spoken spoken = new Spoken(true);
        try (ProgressDisplay display = display(spoken, ProgressDisplay.Expected.NOTHING)) {
            display.draw();
            display.say("error: x");
            display.draw();
        }
        assertThat(spoken.err())
                .matches("(?s)\r\033\\[K0 entries.*\r\033\\[Kerror: x\n\r\033\\[K0 entries.*\r\033\\[K");
    }

    @Test
    void terminalLineNeverWraps() {
        Spoken spoken = new Spoken(true);
        progress.add(Counter.ENTRIES, Long.MAX_VALUE / 4);
        progress.add(Counter.BYTES, Long.MAX_VALUE / 4);
        progress.add(Counter.UNCHANGED, Long.MAX_VALUE / 4);
        progress.add(Counter.FAILED, Long.MAX_VALUE / 4);
        try (ProgressDisplay display = display(spoken, ProgressDisplay.Expected.NOTHING)) {
            display.draw();
        }
        assertThat(spoken.err().replace("\r\033[K", "")).hasSize(79);
    }
}
