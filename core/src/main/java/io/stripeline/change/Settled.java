package io.stripeline.change;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.InodeBatch;
import io.stripeline.scan.ScanSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The merged changes of a run. {@link #gone} first, then {@link #rows}: a name that was taken by something else is then
 * gone before it is there. Each may be subscribed to once. Streams come on threads of its own, which end with it.
 */
public final class Settled implements AutoCloseable {
    /** Changes looked at by one task: a scheduler costs nothing then. */
    private static final int CHUNK = 256;

    /** Requests in flight: a parallel filesystem answers after 100 us to 1 ms, whatever the number of its clients. */
    private static final int LOOKERS = 16;

    final ChangeSource source;
    final Past past;
    final Path spill;
    final Spool spool;
    final Whereabouts where;
    final Subtrees moved;
    final Subtrees lost;
    /** Paths that have a row. */
    final PathSet looked;

    /** Names that were told to be gone. */
    final PathSet told;

    private final PathSet merged;
    private volatile boolean hasPaths;
    private final AtomicBoolean stopped;
    private final ThreadPoolExecutor pool = new Lookers();
    private final Scheduler threads = new Steady(pool);

    private Settled(ChangeSource source, Past past, Path spill, AtomicBoolean stopped, Spool spool, Whereabouts where) {
        this.source = source;
        this.past = past;
        this.spill = spill;
        this.stopped = stopped;
        this.spool = spool;
        this.where = where;
        this.merged = new PathSet(spill);
        this.told = new PathSet(spill);
        this.looked = new PathSet(spill);
        this.moved = new Subtrees(spill);
        this.lost = new Subtrees(spill);
    }

    static Settled open(ChangeSource source, Past past, Path spill) throws IOException {
        AtomicBoolean stopped = new AtomicBoolean();
        Spool spool = Spool.open(spill, stopped);
        try {
            return new Settled(source, past, spill, stopped, spool, Whereabouts.open(source, past, spool, spill));
        } catch (IOException | RuntimeException failed) {
            spool.close();
            throw failed;
        }
    }

    // ---- merging, on one thread

    Scheduler threads() {
        return threads;
    }

    void add(Change change) {
        guarded(() -> {
            byte[] code = ChangeCode.encode(change);
            boolean isNew = merged.add(code);
            if (change instanceof Change.Moved left) {
                where.left(left.directory(), spool.append(code));
            } else if (change instanceof Change.Gone left && left.directory() && left.inode() != null) {
                where.left(left.inode(), spool.append(code));
            } else if (isNew) {
                spool.append(code);
            }
            if (change instanceof Change.Lost some) {
                lost.add(some.below());
            } else if (change instanceof Change.Gone left && left.at() instanceof At.Path
                    || change instanceof Change.Moved moving && moving.from() instanceof At.Path) {
                hasPaths = true;
            }
            return List.of();
        });
    }

    void merged() {
        spool.finish();
    }

    /** True where a name that was taken away was told by a path, which an earlier rename may have made another one. */
    boolean hasPaths() {
        return hasPaths;
    }

    // ---- what it gives

    /** True where changes were lost, so that there are rows for a {@link Base} to judge. */
    public boolean hasLost() {
        return !lost.isEmpty();
    }

    /**
     * Whether {@link #gone} tells all names that are gone, a directory standing for all below it: false where changes were
     * lost, and where another directory stands in the place of one of which nobody can tell what it took along.
     */
    public Mono<Boolean> tellsAllGone() {
        return lost.isEmpty()
                ? this.<Boolean>eachChange(changes -> GoneNames.hidesNames(this, changes) ? List.of(true) : List.of())
                        .next()
                        .map(hidden -> false)
                        .defaultIfEmpty(true)
                : Mono.just(false);
    }

    /**
     * The names that are gone, of those that {@code spec} may have taken but for its gate; none twice. Where the {@link Past} knows
     * nothing, names below a renamed directory are told from what it took along, but for a source that tells paths not
     * all of them, and names below a directory that was lost or left the tree are not: each such directory is a warning of
     * {@code job}.
     */
    public Flux<Item> gone(Volume volume, ScanSpec spec, Job job) {
        return Flux.defer(() -> new GoneNames(this, volume, spec, job).items());
    }

    /**
     * Rows of what changed and is there, as {@code spec} takes them: names that changed, then what is at or below
     * renamed directories and lost ones. What could not be looked at is in {@link InodeBatch#failures()}, where the root
     * stands for something whose path could not be told. Counts as {@link Volume#scan} does.
     */
    public Flux<InodeBatch> rows(Volume volume, ScanSpec spec, Job job) {
        return Flux.defer(() -> new PresentRows(this, volume, spec, job).batches());
    }

    /**
     * What of {@link #rows} is unchanged: nothing but what is there for a {@link Change.Lost} alone, of which {@code
     * judge} decides. Closes it.
     */
    public Base base(Base judge) {
        return new LostBase(this, judge);
    }

    /** Looks at all changes, many at once, some of them in a task. */
    <T> Flux<T> eachChange(Function<List<Change>, List<T>> look) {
        return each(spool.changes(CHUNK), look);
    }

    /** One after the other, in order. */
    Flux<Change> changes() {
        return spool.changes(CHUNK).concatMapIterable(some -> some, 1);
    }

    <S, T> Flux<T> some(Flux<S> all, Function<List<S>, List<T>> look) {
        return each(all.buffer(CHUNK), look);
    }

    /** Looks at chunks, many of them at once. */
    <S, T> Flux<T> each(Flux<List<S>> chunks, Function<List<S>, List<T>> look) {
        return chunks.subscribeOn(threads)
                .flatMap(
                        chunk -> Mono.fromCallable(() -> guarded(() -> look.apply(chunk)))
                                .subscribeOn(threads),
                        LOOKERS,
                        1)
                .concatMapIterable(found -> found, 1);
    }

    /** After the end somebody may still be looking, to no avail: then it does not matter what fails. */
    private <T> List<T> guarded(java.util.function.Supplier<List<T>> body) {
        try {
            return stopped.get() ? List.of() : body.get();
        } catch (RuntimeException | Error failed) {
            if (stopped.getAndSet(true)) {
                return List.of();
            }
            throw Stopped.failure("Looking at changes", failed);
        }
    }

    // ---- the end

    /** Before a cancel goes upstream. */
    void stop() {
        stopped.set(true);
    }

    /** Ends its threads, which take the files with them: nobody reads a closed file. */
    @Override
    public void close() {
        stopped.set(true);
        pool.shutdown();
    }

    private final class Lookers extends ThreadPoolExecutor {
        private static final AtomicInteger NUMBER = new AtomicInteger();

        Lookers() {
            super(LOOKERS, LOOKERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "stripeline-settle-" + NUMBER.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
            allowCoreThreadTimeOut(true);
        }

        @Override
        protected void terminated() {
            where.close();
            spool.close();
            merged.close();
            looked.close();
            told.close();
            moved.close();
            lost.close();
        }
    }
}
