package io.stripeline.dedup.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/** As many lanes as may work at a time, made when first needed; the one used last is used next. */
final class Lanes implements AutoCloseable {
    private static final int MAX = 8;

    private final StoreConfig config;
    private final Semaphore permits =
            new Semaphore(Math.max(2, Math.min(MAX, Runtime.getRuntime().availableProcessors())));
    private final ConcurrentLinkedDeque<Lane> free = new ConcurrentLinkedDeque<>();
    private final List<Lane> all = new ArrayList<>();

    Lanes(StoreConfig config) {
        this.config = config;
    }

    <T> T with(Function<Lane, T> work) {
        permits.acquireUninterruptibly();
        try {
            Lane lane = free.pollFirst();
            if (lane == null) {
                lane = new Lane(config);
                synchronized (all) {
                    all.add(lane);
                }
            }
            try {
                return work.apply(lane);
            } finally {
                free.addFirst(lane);
            }
        } finally {
            permits.release();
        }
    }

    /** Visits every lane; called while none is lent. */
    void forEach(Consumer<Lane> each) {
        synchronized (all) {
            all.forEach(each);
        }
    }

    @Override
    public void close() {
        forEach(Lane::close);
    }
}
