package io.stripeline.backend;

import io.stripeline.program.Foreground;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Somebody's wish that the job stops. The plugin's is raised: then nobody waits for anything any more. Our own stops only
 * what is being done: the plugin is waited for. Thread-safe.
 */
final class Cancel implements Foreground.Stop {
    private Runnable whenRaised;
    private @Nullable Runnable cancel;
    private boolean raised;
    private boolean stopped;

    /** @param whenRaised run once, at the first wish */
    Cancel(Runnable whenRaised) {
        this.whenRaised = whenRaised;
    }

    /** Also wakes whoever waits where no pipeline is: {@code wake} runs at the first wish, at once where it has come. */
    void also(Runnable wake) {
        boolean late;
        synchronized (this) {
            Runnable before = whenRaised;
            whenRaised = () -> {
                before.run();
                wake.run();
            };
            late = raised;
        }
        if (late) {
            wake.run();
        }
    }

    void raise() {
        Runnable now;
        Runnable wake;
        synchronized (this) {
            if (raised) {
                return;
            }
            raised = true;
            now = cancel;
            wake = whenRaised;
        }
        wake.run();
        if (now != null) {
            now.run();
        }
    }

    /** Cancels the pipeline that runs, and each that is begun later; streams stay open, and nobody else is woken. */
    void stop() {
        Runnable now;
        synchronized (this) {
            stopped = true;
            now = cancel;
        }
        if (now != null) {
            now.run();
        }
    }

    synchronized boolean isRaised() {
        return raised;
    }

    @Override
    public void onRaise(@Nullable Runnable action) {
        boolean now;
        synchronized (this) {
            cancel = action;
            now = raised || stopped;
        }
        if (now && action != null) {
            action.run();
        }
    }

    /**
     * Runs {@code work} to its end; throws what it fails with.
     *
     * @throws Foreground.Interrupted where it was cancelled
     */
    <T> T await(Mono<T> work) {
        return Foreground.await(work, this);
    }
}
