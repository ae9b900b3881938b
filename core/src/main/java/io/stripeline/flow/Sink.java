package io.stripeline.flow;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes a stream of items and answers one report.
 *
 * <p>Usage: {@code items.as(sink::write)}. What an item holds is the sink's once it has it: {@link Item#release()} as soon
 * as it can, since sources wait for it. Demand is the sink's: it asks for no more items than it has room for.
 * The Mono completes when everything is durable and acknowledged, and fails with the reason if nothing may be
 * acknowledged. Cancelling it stops the upstream, releases every slab that the sink holds and leaves the destination
 * valid. A sink is used once.
 */
public interface Sink {
    Mono<Report> write(Flux<Item> items);
}
