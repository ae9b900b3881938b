package io.stripeline.read;

import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Steady;
import io.stripeline.inode.InodeBatch;
import io.stripeline.slab.SlabPool;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The reader stage, to be given to {@code transform}. */
public final class Read {
    /** Batches waiting to be planned: one in work, one behind it; a batch is about 50 KiB. */
    private static final int BATCHES = 2;

    /**
     * Items between the thread that puts them in order and the sink. Slabs in it count against the pool; it only has to
     * cover the time a request takes from the sink to that thread.
     */
    private static final int ITEMS = 64;

    private Read() {}

    /**
     * Turns rows into items, strictly in the order of the rows; failures of a batch come after its rows.
     *
     * <p>What becomes of a row: {@link Item.Same} where {@code base} knows it unchanged; {@link Item.Link} where its
     * inode was already begun under another name of this stream and has content there; else {@code Begin ... End}. A
     * name that is gone when it is opened leaves no item and is counted, except that a directory, of which entries may
     * already be in the stream, is {@code Begin, End(Vanished)}; a sink need not record it. A regular file is read up to
     * the size it had when it was opened: what is appended meanwhile belongs to the next backup. If it turns out
     * shorter, nothing is padded. Whenever size, mtime or ctime differ after the last byte, the outcome is
     * {@code Changed}, and the size in {@code End} is the length of the data sent. Identities of the opened inode and
     * of the row are compared for links only: a file that was replaced by another one is read as what it is now.
     *
     * <p>Each subscription has threads of its own: one asks {@code base} (which is not closed here), one puts items in
     * order, up to {@link ReadSpec#readers()} read entries, and up to {@link ReadSpec#blockReaders()} read blocks of
     * large files. Items are emitted on the second one, or on the one that requests. No thread of them, descriptor or
     * slab outlives the subscription, but for system calls under way when it is cancelled.
     *
     * <p>Demand: a subscriber that requests nothing stops reading after {@code readAhead} entries, each with at most a
     * window of slabs and few attributes; what has large ones is read when it is the first, into the room of an {@link
     * io.stripeline.flow.AttributeRoom}. {@code slabs} may be as small as one slab, if the sink releases one before it
     * asks for the next. Share it only with pipelines whose sinks do not wait for each other.
     *
     * <p>Counts ENTRIES, UNCHANGED, UNCHANGED_BYTES, CHANGED, FAILED, VANISHED and BYTES. {@code onError} only where the
     * scan fails, or where {@code content} or {@code base} throw what they must not.
     */
    public static Function<Flux<InodeBatch>, Flux<Item>> items(
            ContentSource content, SlabPool slabs, ReadSpec spec, Base base, Job job) {
        return batches -> Flux.using(
                () -> new ReadAhead(content, slabs, spec, base, job), ahead -> lines(batches, ahead), ReadAhead::close);
    }

    /** Two streams in one: the first fills the line and emits nothing, the second empties it. */
    private static Flux<Item> lines(Flux<InodeBatch> batches, ReadAhead ahead) {
        Scheduler own = new Steady(ahead.control());
        Mono<Item> planned = batches.publishOn(own, BATCHES)
                .doOnNext(ahead::plan)
                .doOnComplete(ahead::end)
                .onErrorResume(failure -> {
                    ahead.fail(failure);
                    return Flux.empty();
                })
                .then(Mono.empty());
        Flux<Item> emitted = Flux.<Item>generate(sink -> {
                    Item item = ahead.next();
                    if (item == null) {
                        sink.complete();
                    } else {
                        sink.next(item);
                    }
                })
                .subscribeOn(own, true);
        return Flux.merge(ITEMS, planned, emitted);
    }
}
