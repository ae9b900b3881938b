package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The sink of one backup: one thread takes the items, a few store the chunks. The Mono completes when the snapshot is
 * durable; when it fails or is cancelled no snapshot is there, and what was stored serves the next try.
 */
final class BackupSink implements Sink {
    /** Items between the upstream and the thread of this sink; they hold slabs, and only cover the hand-over. */
    private static final int ITEMS = 32;

    private final BackupRun run;
    private final AtomicBoolean used = new AtomicBoolean();

    /** @param run closed by this sink once it is used */
    BackupSink(BackupRun run) {
        this.run = run;
    }

    /** Claims the only use; false where it is taken. */
    boolean use() {
        return used.compareAndSet(false, true);
    }

    @Override
    public Mono<Report> write(Flux<Item> items) {
        return Mono.defer(() -> {
            if (!use()) {
                return Mono.error(new IllegalStateException("A sink is used once"));
            }
            Steady thread = Steady.oneThread("stripeline-store");
            return stored(items, thread).doFinally(signal -> thread.dispose());
        });
    }

    private Mono<Report> stored(Flux<Item> items, Scheduler thread) {
        return Mono.usingWhen(
                Mono.just(run),
                open -> items.publishOn(thread, ITEMS)
                        .doOnNext(item -> Stopped.run("Storing", () -> open.accept(item)))
                        .then(Mono.fromSupplier(() -> Stopped.call("Storing", open::finish))),
                open -> ended(open, thread),
                (open, failure) -> ended(open, thread),
                open -> ended(open, thread));
    }

    /** Closes the run on the thread of the sink, so after what it is doing. */
    private static Mono<Void> ended(BackupRun run, Scheduler thread) {
        return Mono.<Void>fromRunnable(() -> Stopped.run("Storing", run::close)).subscribeOn(thread);
    }
}
