package io.stripeline.cli;

import io.stripeline.flow.Stopped;
import java.util.concurrent.Callable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Threads of the command itself, which may block. */
final class Workers {
    /** Tasks that wait: a stage has one under way and one behind it. */
    private static final int TASKS = 16;

    private static final int IDLE_SECONDS = 10;

    private Workers() {}

    /** One thread; the caller disposes of it. */
    static Scheduler one(String name) {
        return Schedulers.newBoundedElastic(1, TASKS, name, IDLE_SECONDS, true);
    }

    /** Runs {@code work} there. An Error, which such a thread keeps to itself, comes out as another failure. */
    static <T> Mono<T> call(Callable<T> work, Scheduler thread) {
        return Mono.fromCallable(() -> {
                    try {
                        return work.call();
                    } catch (Error broken) {
                        throw new Stopped("The work", broken);
                    }
                })
                .subscribeOn(thread);
    }
}
