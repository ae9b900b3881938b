package io.stripeline.scan;

import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.posix.Posix;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.FluxSink;

/** One walk: what its workers share, how it starts and ends. */
final class Walk {
    final Tree tree;
    final ScanSpec spec;
    final Job job;
    final Selection selection;
    final Outlet outlet;
    final Collector collector;
    final WorkList work;
    final InFlight inFlight;
    /** Inode numbers of {@link ScanSpec#skipped()}: a first look without making an identity. */
    final Set<Long> skipped;

    final AtomicInteger openDirs = new AtomicInteger();
    /** Directories open at once, beyond which pending ones hold no descriptor: half of what the process may open. */
    final int mostOpenDirs;

    volatile boolean cancelled;
    private volatile int rootFd = -1;
    private final String threadName;
    private final AtomicInteger threads = new AtomicInteger();
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Runnable whenOver;

    Walk(
            Tree tree,
            ScanSpec spec,
            Job job,
            FluxSink<InodeBatch> sink,
            String threadName,
            Limits limits,
            Runnable whenOver) {
        this.tree = tree;
        this.spec = spec;
        this.job = job;
        this.threadName = threadName;
        this.whenOver = whenOver;
        this.skipped = spec.skipped().stream().map(InodeId::low).collect(java.util.stream.Collectors.toSet());
        this.selection = new Selection(spec);
        this.outlet = new Outlet(sink);
        this.collector = new Collector(outlet);
        this.mostOpenDirs = limits.openDirs();
        this.inFlight = new InFlight(spec.workers(), Math.max(4, mostOpenDirs / 2), this::limit);
        this.work = new WorkList(tree.lanes(), inFlight.level(), this::startWorker, limits.dirsInMemory());
    }

    /** True for an identity that is never reported nor entered. */
    boolean isSkipped(long device, long ino) {
        return skipped.contains(ino) && spec.skipped().contains(new InodeId(device, 0, ino));
    }

    private void limit(int workers) {
        work.limit(workers);
    }

    void start() {
        if (!work.open()) {
            over();
        }
    }

    private void startWorker() {
        Worker worker = new Worker(this);
        workers.add(worker);
        Thread thread = new Thread(worker, threadName + "-" + threads.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    /** Keeps the root open for paths that are opened again from the start. */
    void root(int fd) {
        rootFd = fd;
    }

    int root() {
        return rootFd;
    }

    void fail(Throwable cause) {
        outlet.fail(cause);
        cancel();
    }

    /** Stops the walk within the system calls under way; does not wait for them. */
    void cancel() {
        cancelled = true;
        work.close();
        outlet.close();
    }

    /** Called by each worker as the last thing it does. */
    void ended(Worker worker) {
        workers.remove(worker);
        if (work.left()) {
            work.dropAll();
            if (rootFd >= 0) {
                Posix.close(rootFd);
            }
            collector.flush();
            over();
            outlet.complete();
        }
    }

    private void over() {
        whenOver.run();
        over.countDown();
    }

    /** Waits for the workers of a cancelled walk; false where one is still in a system call. */
    boolean await(long millis) throws InterruptedException {
        return over.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Where workers are, for the message about one that hangs. */
    String where() {
        return workers.stream()
                .map(Worker::where)
                .sorted()
                .limit(10)
                .collect(java.util.stream.Collectors.joining(", "));
    }
}
