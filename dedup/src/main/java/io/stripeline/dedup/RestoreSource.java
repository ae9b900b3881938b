package io.stripeline.dedup;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.inode.RawPath;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.SnapshotSet;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;

/**
 * Gives the items of a snapshot, or of some paths of it: rows in about the order of the snapshot, each directory before
 * what is below it and files as their content lies in the store, then inodes of several names, each once with its other names as links. One thread puts items in order, a
 * few read chunks ahead of it.
 */
final class RestoreSource {
    private RestoreSource() {}

    /**
     * @param paths what to give, each with all below it; none for everything
     * @param keep rows that it refuses are passed over
     * @param cores threads that read chunks
     */
    static Flux<Item> items(
            SnapshotSet set,
            List<RawPath> paths,
            Predicate<Row> keep,
            BlobSource blobs,
            SlabPool slabs,
            Path temporary,
            int cores,
            Job job) {
        return Flux.using(
                () -> new RestoreRun(
                        set, paths, keep, blobs, slabs, temporary, threads("stripeline-fetch", cores), job),
                run -> Flux.<Item>generate(sink -> {
                            Item item = run.next();
                            if (item == null) {
                                sink.complete();
                            } else {
                                sink.next(item);
                            }
                        })
                        .subscribeOn(run.control(), true),
                RestoreRun::close);
    }

    static ExecutorService threads(String name, int most) {
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
        java.util.concurrent.ThreadPoolExecutor pool = new java.util.concurrent.ThreadPoolExecutor(
                most, most, 5, TimeUnit.SECONDS, new java.util.concurrent.LinkedBlockingQueue<>(), daemons);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
