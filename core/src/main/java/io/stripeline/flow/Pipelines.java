package io.stripeline.flow;

import io.stripeline.slab.Slab;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The end of every assembly: one place that says what happens to items that are dropped on the way.
 */
public final class Pipelines {
    private Pipelines() {}

    /**
     * Joins a stream of items and a sink. What items hold that operators discard (cancel, error, filter) is released.
     * This is the only place where the discard handler is installed; sinks are attached with it. Operators may report
     * one element twice, and {@code then()} reports what passed too: a slab that was released is left alone, but one that
     * a sink keeps must not run into such an operator.
     */
    public static Mono<Report> run(Flux<Item> items, Sink sink) {
        return items.as(sink::write)
                .doOnDiscard(Item.Data.class, data -> data.slab().discard())
                .doOnDiscard(Item.Begin.class, Item::release)
                .doOnDiscard(Item.Amend.class, Item::release)
                .doOnDiscard(Slab.class, Slab::discard);
    }
}
