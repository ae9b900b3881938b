package io.stripeline.ptcomm;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.slab.SlabPool;
import io.stripeline.write.Fates;
import io.stripeline.write.RestorePlan;
import io.stripeline.write.TreeWriter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The source of a restore: what the plugin sends, as the items that every {@link TreeWriter} takes. */
public final class PtcommRestore {
    private PtcommRestore() {}

    /**
     * The items of a restore that is {@link BackendSession#ready() ready}, with paths relative to {@code /}. Names carry
     * {@code where=} already. Read on a thread of its own, as demand comes; what is refused, skipped or damaged is
     * answered and counted here. Completes at FINISH, which is not acknowledged: whoever has written everything calls
     * {@link BackendSession#finishRestore()}. A cancel takes effect at once; the thread ends when the plugin sends its next
     * packet, or its channel is closed.
     *
     * @param results is to be told of each entry by whoever writes the items: {@link RestorePlan#telling}
     */
    public static Flux<Item> items(
            BackendSession session, RestoreChoice choice, RestoreResults results, SlabPool slabs, Job job) {
        return Flux.using(
                () -> Steady.oneThread("stripeline-ptcomm-in"),
                thread -> Flux.<Item, RestoreItems>generate(
                                () -> new RestoreItems(session, choice, results, slabs, job),
                                (source, sink) -> {
                                    Item item = Stopped.call("Reading from the plugin", source::next);
                                    if (item == null) {
                                        sink.complete();
                                    } else {
                                        sink.next(item);
                                    }
                                    return source;
                                },
                                RestoreItems::close)
                        .subscribeOn(thread, true),
                Steady::dispose);
    }

    /**
     * Restores with {@code writer}, whose volume's root is {@code /}. The report is complete when all is written.
     *
     * @param plan its rule for what is there is that of {@code choice}
     */
    public static Mono<Report> run(
            BackendSession session,
            RestoreChoice choice,
            TreeWriter writer,
            RestorePlan plan,
            SlabPool slabs,
            Job job) {
        RestoreResults results = new RestoreResults(session);
        return Pipelines.run(
                items(session, choice, results, slabs, job),
                items -> writer.write(items, plan.telling(both(plan.fates(), results)), job));
    }

    private static Fates both(Fates one, Fates other) {
        return (number, fate) -> {
            one.decided(number, fate);
            other.decided(number, fate);
        };
    }
}
