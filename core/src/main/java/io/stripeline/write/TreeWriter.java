package io.stripeline.write;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes a stream of items as files: the restore side of a volume.
 *
 * <p>Accepts entries in any order; parents that have not come yet are made with mode 0700 and get their attributes when
 * their entry comes. Attributes of directories are set when everything below is done, deepest first. Below the target
 * nothing is reached by an absolute path or through a symlink, {@code ..} is refused, hard links lead only to what this
 * restore made or verified. What is refused or fails is reported and the rest is restored. An interrupted restore can
 * be run again.
 *
 * <p>The Mono's rules are those of a {@link io.stripeline.flow.Sink}.
 */
public interface TreeWriter {
    Mono<Report> write(Flux<Item> items, RestorePlan plan, Job job);
}
