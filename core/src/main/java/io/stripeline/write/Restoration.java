package io.stripeline.write;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.PosixException;
import io.stripeline.slab.Slab;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One run of a {@link PosixTreeWriter}: its threads, descriptors and the entry in hand.
 *
 * <p>{@link #take} and {@link #finish} run on the thread of {@link #scheduler()}, one at a time. An error of one entry
 * is reported and ends that entry; a full filesystem ends the restore, since every further file would fail as well.
 */
final class Restoration {
    private final Job job;
    private final RestorePlan plan;
    private final ExecutorService thread;
    private final Scheduler scheduler;
    private final Tasks tasks = new Tasks();
    private final Fd target;
    private final TargetDirs dirs;
    private final DeferredDirs deferred = new DeferredDirs();
    private final Losses losses;
    private final Setter setter;
    private final Specials specials;
    private final TargetTree tree;
    private final AtomicReference<RuntimeException> fatal = new AtomicReference<>();
    private volatile boolean closed;
    private volatile @Nullable Thread taker;

    /** The entry between its Begin and its End. */
    private @Nullable Entry entry;

    private RawPath path = RawPath.ROOT;
    /** The whole content, where it is one piece. */
    private @Nullable Slab whole;
    /** The file, where it is more than one piece. */
    private @Nullable LargeFile large;

    private Restoration(Fd target, boolean openat2, RestorePlan plan, Job job) {
        this.target = target;
        this.plan = plan;
        this.job = job;
        thread = Executors.newSingleThreadExecutor(Tasks.named("stripeline-restore-", new AtomicInteger()));
        scheduler = Schedulers.fromExecutorService(thread, "stripeline-restore");
        losses = new Losses(job, plan.requireOwner());
        setter = new Setter(losses);
        int implicit = 0777 & ~Umask.current();
        dirs = new TargetDirs(target, openat2, dir -> deferred.addImplicit(dir, implicit, 0, 0));
        specials = new Specials(dirs, plan, setter, losses);
        tree = new TargetTree(
                dirs, deferred, plan, setter, losses, job.clock().instant().getEpochSecond());
    }

    static Restoration start(Path root, boolean openat2, RestorePlan plan, Job job) {
        byte[] name = root.toString().getBytes(StandardCharsets.UTF_8);
        try (Fd rootFd = Fd.openat(Fcntl.AT_FDCWD, name, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0)) {
            return new Restoration(TargetTree.openTarget(rootFd.number(), plan.below(), openat2), openat2, plan, job);
        }
    }

    /** Where the items are taken. */
    Scheduler scheduler() {
        return scheduler;
    }

    /** Takes one item and owns its slab from here on. */
    void take(Item item) {
        taker = Thread.currentThread();
        try {
            RuntimeException failed = fatal.get();
            if (failed != null) {
                throw failed;
            }
            dispatch(item);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The restore was interrupted");
        } finally {
            if (item instanceof Item.Data data && data.slab() != whole) {
                data.slab().release();
            }
        }
    }

    private void dispatch(Item item) throws InterruptedException {
        if (item instanceof Item.Begin begin) {
            entry = begin.entry();
            path = entry.path();
        } else if (item instanceof Item.Data data) {
            data(data.slab(), data.offset());
        } else if (item instanceof Item.Hole) {
            large(); // a hole is what is not written; the file is longer than one piece
        } else if (item instanceof Item.End end) {
            end(end);
        } else if (item instanceof Item.Link link) {
            link(link);
        } else if (item instanceof Item.Unread unread) {
            losses.failed(unread.failure().path(), unread.failure().cause());
        } else {
            throw new IllegalArgumentException("A restore takes no "
                    + item.getClass().getSimpleName() + ": the source must resolve it to content first");
        }
    }

    private void data(Slab slab, long offset) throws InterruptedException {
        Entry now = current();
        if (large == null
                && whole == null
                && offset == 0
                && slab.buffer().remaining() == now.inode().sizeBytes()) {
            whole = slab; // kept until End, which follows
            return;
        }
        LargeFile file = large();
        Slab first = whole;
        whole = null;
        if (first != null) {
            file.write(first, 0);
        }
        file.write(slab.retain(), offset);
    }

    private LargeFile large() throws InterruptedException {
        if (large == null) {
            Entry now = current();
            tasks.claim(path);
            large = new LargeFile(now, path);
        }
        return large;
    }

    private Entry current() {
        if (entry == null) {
            throw new IllegalArgumentException("A piece of content without an entry that has begun");
        }
        return entry;
    }

    private void end(Item.End end) throws InterruptedException {
        Entry done = current().with(end.inode());
        RawPath at = path;
        Slab content = whole;
        LargeFile file = large;
        entry = null;
        whole = null;
        large = null;
        if (end.outcome() instanceof Outcome.Failed failed) {
            release(content);
            if (file != null) {
                file.abandon();
            }
            losses.failed(at, failed.cause());
        } else if (end.outcome() instanceof Outcome.Vanished) {
            release(content);
        } else if (file != null) {
            file.end(done);
        } else if (done.inode().isDirectory()) {
            attempt(at, () -> tree.make(done, at));
        } else if (done.inode().isRegular()) {
            tasks.claim(at);
            tasks.submit(() -> run(at, content, () -> small(done, at, content)));
        } else {
            tasks.claim(at);
            tasks.submit(() -> run(at, null, () -> count(specials.make(done, at), 0)));
        }
    }

    private void link(Item.Link link) throws InterruptedException {
        RawPath at = link.entry().path();
        tasks.await(link.first());
        tasks.claim(at);
        tasks.submit(() -> run(at, null, () -> count(specials.link(link.entry(), at, link.first()), 0)));
    }

    private void small(Entry done, RawPath at, @Nullable Slab content) {
        try (FileTarget file = FileTarget.open(dirs, done, at, plan.overwrite())) {
            if (file == null) {
                losses.skipped();
                return;
            }
            int bytes = content == null ? 0 : file.write(content, 0);
            named(file, done, at, bytes);
        }
    }

    private void named(FileTarget file, Entry done, RawPath at, long bytes) {
        if (done.inode().isHardLinked()) {
            specials.remember(at, file.identity());
        }
        boolean named = file.finish(setter, done.inode(), done.attributes());
        if (!named) {
            losses.skipped();
        }
        count(named, bytes);
    }

    private void count(boolean made, long bytes) {
        if (made) {
            job.progress().add(Counter.ENTRIES, 1);
            job.progress().add(Counter.BYTES, bytes);
        }
    }

    /** Runs the making of one path on a worker: whatever happens, the path and the slab are given back. */
    private void run(RawPath at, @Nullable Slab content, Runnable work) {
        try {
            if (!closed && fatal.get() == null) {
                guarded(at, work);
            }
        } finally {
            release(content);
            tasks.done(at);
        }
    }

    /** On the taking thread: the making of a directory. */
    private void attempt(RawPath at, Runnable work) {
        guarded(at, () -> {
            work.run();
            count(true, 0);
        });
    }

    private void guarded(RawPath at, Runnable work) {
        try {
            work.run();
        } catch (PosixException failed) {
            if (failed.kind() == Errno.Kind.SPACE) {
                fatal.compareAndSet(
                        null, failed.at(at + ". " + Errno.advice(failed.errno()) + " What is restored stays"));
            } else {
                losses.failed(at, failed);
            }
        } catch (RuntimeException | LinkageError unexpected) {
            fatal.compareAndSet(
                    null, new IllegalStateException("Restoring " + at + " failed: " + unexpected, unexpected));
        }
    }

    private static void release(@Nullable Slab slab) {
        if (slab != null) {
            slab.release();
        }
    }

    /** Everything was taken: waits for the workers, then gives directories their attributes. */
    Report finish() throws InterruptedException {
        tasks.drain();
        RuntimeException failed = fatal.get();
        if (failed != null) {
            throw failed;
        }
        tree.finish();
        return Report.of("", job);
    }

    /** Ends the run from any thread: what is in hand is given back on the taking thread, temporaries go. */
    void close() {
        closed = true;
        if (Thread.currentThread() == taker) {
            cleanUp();
        } else {
            thread.execute(this::cleanUp);
        }
        thread.shutdown();
    }

    private void cleanUp() {
        release(whole);
        whole = null;
        if (large != null) {
            large.abandon();
            large = null;
        }
        tasks.close();
        dirs.close();
        deferred.close();
        target.close();
    }

    /**
     * A file of several pieces: opened by the taking thread, its pieces written by the workers, finished by whoever
     * writes the last one.
     */
    private final class LargeFile {
        private final RawPath at;
        private final AtomicInteger parts = new AtomicInteger(1);
        private final java.util.concurrent.atomic.LongAdder bytes = new java.util.concurrent.atomic.LongAdder();
        private final @Nullable FileTarget file;
        private volatile boolean broken;
        private volatile @Nullable Entry done;

        LargeFile(Entry begun, RawPath at) {
            this.at = at;
            FileTarget[] out = new FileTarget[1];
            broken = true;
            guarded(at, () -> {
                out[0] = FileTarget.open(dirs, begun, at, plan.overwrite());
                if (out[0] == null) {
                    losses.skipped();
                } else {
                    broken = false;
                }
            });
            file = out[0];
        }

        /** Writes a piece and releases it. */
        void write(Slab slab, long offset) throws InterruptedException {
            if (broken || closed) {
                slab.release();
                return;
            }
            parts.incrementAndGet();
            boolean accepted = false;
            try {
                tasks.submit(() -> {
                    try {
                        if (!broken && !closed && fatal.get() == null) {
                            guardedPiece(slab, offset);
                        }
                    } finally {
                        slab.release();
                        part();
                    }
                });
                accepted = true;
            } finally {
                if (!accepted) {
                    slab.release();
                    parts.decrementAndGet();
                }
            }
        }

        private void guardedPiece(Slab slab, long offset) {
            boolean[] written = new boolean[1];
            guarded(at, () -> {
                if (file != null) {
                    bytes.add(file.write(slab, offset));
                    written[0] = true;
                }
            });
            broken |= !written[0];
        }

        void end(Entry entry) {
            done = entry;
            part();
        }

        void abandon() {
            broken = true;
            part();
        }

        private void part() {
            if (parts.decrementAndGet() > 0) {
                return;
            }
            try (FileTarget last = file) {
                Entry entry = done;
                if (last != null && entry != null && !broken && !closed && fatal.get() == null) {
                    guarded(at, () -> named(last, entry, at, bytes.sum()));
                }
            } catch (PosixException failed) {
                losses.failed(at, failed); // of the close: the data may not be there
            } finally {
                tasks.done(at);
            }
        }
    }
}
