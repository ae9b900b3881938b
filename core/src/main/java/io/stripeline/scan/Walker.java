package io.stripeline.scan;

import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * The walks of one volume. {@link #scan} makes a cold stream, one walk for each subscription; {@link #close} ends those
 * under way and waits for their threads. Thread-safe.
 *
 * <p>Workers are threads in system calls: a local tree in the cache keeps a few busy, a remote one has as many requests
 * in flight as there are threads. Each takes a directory, lists it, and stats its names itself; only while others have
 * nothing to do does it hand over names or directories ({@link WorkList}). A directory's row is handed downstream before
 * anybody else may see what is below. Batches are emitted on the workers' threads, or on the thread that requests.
 */
public final class Walker implements AutoCloseable {
    /** After that long in one system call a filesystem's server is down, and the user should know which path it is. */
    private static final long CLOSE_MILLIS = 30_000;

    private final Tree tree;
    private final String name;
    private final Limits limits;
    private final Set<Walk> walks = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param name start of the threads' names */
    public Walker(Tree tree, String name) {
        this(tree, name, Limits.ofProcess());
    }

    Walker(Tree tree, String name, Limits limits) {
        this.limits = limits;
        this.tree = tree;
        this.name = name;
    }

    /** Walks the tree as {@link io.stripeline.Volume#scan} promises. */
    public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return Flux.create(sink -> start(spec, job, sink), FluxSink.OverflowStrategy.BUFFER);
    }

    private void start(ScanSpec spec, Job job, FluxSink<InodeBatch> sink) {
        if (closed) {
            sink.error(new IllegalStateException("The volume is closed"));
            return;
        }
        Walk[] self = new Walk[1];
        Walk walk = new Walk(tree, spec, job, sink, name, limits, () -> walks.remove(self[0]));
        self[0] = walk;
        walks.add(walk);
        // demand first: with the workers running it would come too late to be seen as the first
        sink.onRequest(walk.outlet::request);
        sink.onDispose(walk::cancel);
        walk.start();
        if (closed) {
            walk.fail(new IllegalStateException("The volume was closed during the scan"));
        }
    }

    /**
     * Ends all walks with an error and waits for their threads.
     *
     * @throws IllegalStateException where one hangs in a system call, with the directories
     */
    @Override
    public void close() {
        closed = true;
        for (Walk walk : walks) {
            walk.fail(new IllegalStateException("The volume was closed during the scan"));
        }
        for (Walk walk : walks) {
            try {
                if (!walk.await(CLOSE_MILLIS)) {
                    throw new IllegalStateException("A scan hangs in " + walk.where()
                            + ": the filesystem does not answer. Its threads end when it does.");
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
