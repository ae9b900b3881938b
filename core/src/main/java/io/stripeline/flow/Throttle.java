package io.stripeline.flow;

import io.stripeline.inode.InodeBatch;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A rate of bytes and a rate of inodes, shared by all pipelines that it is given to: one a node, usually.
 *
 * <p>What passes is paid for; who comes while more was spent than earned waits until it is earned. So a piece of any
 * size passes, and the next one comes later. Unspent rate is kept for up to a burst. A wait is a timer of the pipeline
 * that waits, on a thread of its own that only exists then; the thread of the upstream is never blocked, and an item
 * that need not wait costs no timer.
 *
 * <p>It may follow a signal of load from 0 to 1: above {@value #BUSY} each signal halves the rates, down to {@value
 * #LEAST_SHARE} of them, below {@value #IDLE} each one gives back a tenth of the full rate, in between they stay. A
 * signal that swings around one mark does not make the rate swing. However loaded it is, nobody waits longer than the
 * longest pause.
 *
 * <p>Thread-safe. The verbs return a new throttle that shares nothing with this one.
 */
public final class Throttle {
    /** Load above which the rates fall. */
    public static final double BUSY = 0.9;
    /** Load below which they rise again. */
    public static final double IDLE = 0.7;

    static final double LEAST_SHARE = 1.0 / 64;
    private static final double GROWTH = 0.1;
    /** Shorter waits are left to the next one: a timer for less costs more than it is exact. */
    private static final long LEAST_WAIT_NANOS = 2_000_000;

    private static final Duration BURST = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final long bytesPerSecond;
    private final long inodesPerSecond;
    private final Duration burst;
    private final Duration longestPause;
    private final @Nullable Flux<Double> load;
    private final Timing timing;
    private final Bucket bytes;
    private final Bucket inodes;
    private final @Nullable Flux<Double> following;

    /** The timer of one pipeline. It is told of the end, maybe by its own thread, which must not be interrupted then. */
    record Timer(Scheduler scheduler, Runnable end) {
        static Timer own() {
            ScheduledThreadPoolExecutor timer = new Outspoken(1, task -> {
                Thread thread = new Thread(task, "stripeline-throttle");
                thread.setDaemon(true);
                return thread;
            });
            timer.setRemoveOnCancelPolicy(true);
            timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            return new Timer(Schedulers.fromExecutorService(timer), timer::shutdown);
        }
    }

    /** Where time comes from: a clock in nanoseconds, and timers. */
    record Timing(LongSupplier nanos, Supplier<Timer> timer) {
        static final Timing SYSTEM = new Timing(System::nanoTime, Timer::own);
    }

    private Throttle(
            long bytesPerSecond,
            long inodesPerSecond,
            Duration burst,
            Duration longestPause,
            @Nullable Flux<Double> load,
            Timing timing) {
        if (bytesPerSecond < 1 || inodesPerSecond < 1 || burst.isNegative() || longestPause.toMillis() < 1) {
            throw new IllegalArgumentException("A rate is at least 1 a second, a longest pause at least 1 ms");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.inodesPerSecond = inodesPerSecond;
        this.burst = burst;
        this.longestPause = longestPause;
        this.load = load;
        this.timing = timing;
        this.bytes = bucket(bytesPerSecond);
        this.inodes = bucket(inodesPerSecond);
        this.following = load == null
                ? null
                : load.doOnNext(this::follow).onErrorComplete().share();
    }

    private Bucket bucket(long perSecond) {
        return new Bucket(perSecond, perSecond * (burst.toNanos() / 1e9), longestPause.toNanos());
    }

    /** No limit, until a verb sets one. */
    public static Throttle unlimited() {
        return new Throttle(Long.MAX_VALUE, Long.MAX_VALUE, BURST, LONGEST_PAUSE, null, Timing.SYSTEM);
    }

    /** A limit of content bytes a second; a burst of a quarter of a second; a longest pause of ten seconds. */
    public static Throttle bytesPerSecond(long rate) {
        return unlimited().bytes(rate);
    }

    /** Reads what {@link Rates} describes: {@code 200M}, or {@code 200M,inodes=5000,burst=2s,pause=30s}. */
    public static Throttle parse(String text) {
        return Rates.parse(text);
    }

    public Throttle bytes(long perSecond) {
        return new Throttle(perSecond, inodesPerSecond, burst, longestPause, load, timing);
    }

    /** A limit of inodes a second, for {@link #limitInodes()}. */
    public Throttle inodes(long perSecond) {
        return new Throttle(bytesPerSecond, perSecond, burst, longestPause, load, timing);
    }

    /** Rate of how long is kept unspent. */
    public Throttle burst(Duration time) {
        return new Throttle(bytesPerSecond, inodesPerSecond, time, longestPause, load, timing);
    }

    /** However low the rate is, one piece passes in this time. */
    public Throttle longestPause(Duration time) {
        return new Throttle(bytesPerSecond, inodesPerSecond, burst, time, load, timing);
    }

    /**
     * Follows a signal of load: 0 idle, 1 full. It is subscribed once while any pipeline runs; where it ends or fails,
     * the rate stays as it was last.
     */
    public Throttle followedBy(Flux<Double> signal) {
        return new Throttle(bytesPerSecond, inodesPerSecond, burst, longestPause, signal, timing);
    }

    Throttle timing(Timing other) {
        return new Throttle(bytesPerSecond, inodesPerSecond, burst, longestPause, load, other);
    }

    /**
     * Limits content: data of files pays for its bytes, all else passes. Ownership of slabs is as everywhere: what is
     * held back when the stream is cancelled is released.
     */
    public Function<Flux<Item>, Flux<Item>> limit() {
        return items -> paced(items, Throttle::contentBytes, bytes, Throttle::release);
    }

    /** Limits a scan by the rows that it gives: with no demand for batches the walk stops. */
    public Function<Flux<InodeBatch>, Flux<InodeBatch>> limitInodes() {
        return batches -> paced(batches, InodeBatch::size, inodes, batch -> {});
    }

    /** Nanoseconds to wait before using {@code n} inode operations, paid for now: for walkers with a pace of their own. */
    public long leaseInodes(int n) {
        return inodes.lease(n, timing.nanos.getAsLong());
    }

    private void follow(double signal) {
        double now = bytes.share();
        double next = signal > BUSY ? Math.max(LEAST_SHARE, now / 2) : signal < IDLE ? Math.min(1, now + GROWTH) : now;
        bytes.share(next, timing.nanos.getAsLong());
        inodes.share(next, timing.nanos.getAsLong());
    }

    /** Part of the full rate that is used now. */
    double share() {
        return bytes.share();
    }

    private static long contentBytes(Item item) {
        return item instanceof Item.Data data ? data.slab().buffer().remaining() : 0;
    }

    private static void release(Item item) {
        if (item instanceof Item.Data data) {
            data.slab().discard();
        } else {
            item.release();
        }
    }

    private <T> Flux<T> paced(Flux<T> items, ToLongFunction<T> cost, Bucket bucket, Consumer<T> release) {
        Flux<T> paced = Flux.using(
                timing.timer::get,
                // one at a time, so in order; what need not wait is a scalar that flatMap passes on by itself
                timer -> items.flatMap(
                        item -> pace(item, cost.applyAsLong(item), bucket, timer.scheduler, release), 1, 1),
                timer -> timer.end.run());
        return following == null ? paced : paced.takeUntilOther(following.then(Mono.never()));
    }

    private <T> Publisher<T> pace(T item, long cost, Bucket bucket, Scheduler timer, Consumer<T> release) {
        long wait = cost == 0 ? 0 : bucket.lease(cost, timing.nanos.getAsLong());
        if (wait < LEAST_WAIT_NANOS) {
            return Mono.just(item);
        }
        AtomicBoolean gone = new AtomicBoolean();
        return Mono.delay(Duration.ofNanos(wait), timer)
                .<T>handle((tick, sink) -> {
                    if (gone.compareAndSet(false, true)) {
                        sink.next(item);
                    }
                })
                .doFinally(end -> {
                    if (gone.compareAndSet(false, true)) {
                        release.accept(item);
                    }
                });
    }
}
