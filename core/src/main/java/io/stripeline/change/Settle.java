package io.stripeline.change;

import java.nio.file.Path;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/**
 * The stage between a change source and the reader stage: merges what many changes say of one inode or name, and then
 * looks once.
 *
 * <pre>{@code
 * Cursor next = source.now();
 * Flux<Item> items = Settle.changes(source.since(last, next), source, past, spill, settled -> Flux.concat(
 *         settled.gone(volume, spec, job),
 *         settled.rows(volume, spec, job).transform(Read.items(content, slabs, reading, settled.base(base), job))));
 * }</pre>
 *
 * <p>Why it reads all changes before it looks at any: a file that is written for an hour appears in a change log a
 * thousand times and must be read once, and a name below a removed directory can only be told with the removal of that
 * directory, which comes later. What was merged lies in files without names below {@code spill}: about 100 bytes for each
 * distinct change. Memory is bounded, whatever their number. Sorting was the alternative; a hash table on disk loses to it
 * only where it does not fit into the page cache.
 */
public final class Settle {
    /** Changes on the way to the thread that merges them. */
    private static final int WAITING = 256;

    private Settle() {}

    /**
     * Merges {@code changes}, then gives what {@code body} makes of the result, which is closed with the stream. Cold.
     * {@code onError} where the changes fail or {@code spill} cannot be written.
     *
     * @param past what the earlier backup knows of names; {@link Past#NONE} where there is nothing
     * @param spill directory for temporary files
     */
    public static <T> Flux<T> changes(
            Flux<Change> changes, ChangeSource source, Past past, Path spill, Function<Settled, Flux<T>> body) {
        return Flux.using(
                () -> Settled.open(source, past, spill),
                settled -> changes.publishOn(settled.threads(), WAITING)
                        .doOnNext(settled::add)
                        .then()
                        .doOnSuccess(done -> settled.merged())
                        .thenMany(Flux.defer(() -> body.apply(settled)))
                        .doOnCancel(settled::stop),
                Settled::close);
    }
}
