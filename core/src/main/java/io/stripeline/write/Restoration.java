package io.stripeline.write;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.PosixException;
import io.stripeline.slab.Slab;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * One run of a {@link PosixTreeWriter}: its threads, descriptors and the content in hand.
 *
 * <p>{@link #take} and {@link #finish} run on the thread of {@link #scheduler()}, one at a time. An error of one entry
 * is reported and ends that entry; a full filesystem ends the restore, since every further file would fail as well.
 */
final class Restoration {
    private final Job job;
    private final RestorePlan plan;
    private final Steady thread = Steady.oneThread("stripeline-restore-taking");
    private final Tasks tasks = new Tasks();
    private final Fd target;
    private final TargetDirs dirs;
    private final DeferredDirs deferred;
    private final Losses losses;
    private final Setter setter;
    private final Specials specials;
    private final TargetTree tree;
    private final int implicitPermissions;
    private final AtomicReference<RuntimeException> fatal = new AtomicReference<>();
    private volatile boolean closed;
    private volatile @Nullable Thread taker;

    /** Somebody interrupted the taking thread: nothing is taken from then on. */
    private boolean interrupted;

    private final Incoming incoming;
    /** The entry that has begun last: how many began before it. */
    private long number;
    /** The whole content, where it is one piece. */
    private @Nullable Slab whole;
    /** The file, where it is more than one piece. */
    private @Nullable LargeFile large;

    private Restoration(
            Fd target, boolean openat2, RestorePlan plan, Job job, DeferredDirs deferred, int implicitPermissions) {
        this.target = target;
        this.plan = plan;
        this.job = job;
        this.deferred = deferred;
        this.implicitPermissions = implicitPermissions;
        losses = new Losses(job, plan.requireOwner());
        Temporaries temporaries = new Temporaries();
        incoming = new Incoming(losses, temporaries);
        setter = new Setter(losses);
        dirs = new TargetDirs(target, openat2, temporaries, deferred::addImplicit);
        specials = new Specials(dirs, plan, setter, losses);
        tree = new TargetTree(dirs, deferred, plan, setter, losses);
    }

    static Restoration start(Path root, boolean openat2, RestorePlan plan, Job job) {
        String encoding =
                System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
        byte[] name = root.toAbsolutePath().toString().getBytes(Charset.forName(encoding));
        int permissions = 0777 & ~Umask.current();
        DeferredDirs deferred = new DeferredDirs();
        try (Fd rootFd = Fd.openat(Fcntl.AT_FDCWD, name, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0)) {
            Fd target = TargetTree.openTarget(
                    rootFd.number(),
                    plan.below(),
                    openat2,
                    permissions,
                    () -> deferred.addImplicit(TargetDirs.dirOf(new byte[0])));
            return new Restoration(target, openat2, plan, job, deferred, permissions);
        }
    }

    /** Where the items are taken. */
    Scheduler scheduler() {
        return thread;
    }

    Tasks tasks() {
        return tasks;
    }

    /** True where no more work makes sense: cancelled, or the filesystem is full. */
    boolean isStopped() {
        return closed || fatal.get() != null;
    }

    /** Takes one item and owns its slab from here on. */
    void take(Item item) {
        taker = Thread.currentThread();
        try {
            RuntimeException failed = fatal.get();
            if (failed != null) {
                throw failed;
            }
            if (!interrupted) {
                dispatch(item);
            }
        } catch (InterruptedException cancelled) {
            interrupted = true;
            Thread.currentThread().interrupt();
        } catch (Error broken) {
            throw new Stopped("Restoring", broken);
        } finally {
            if (!(item instanceof Item.Data data && data.slab() == whole)) {
                item.release();
            }
        }
    }

    private void dispatch(Item item) throws InterruptedException {
        if (item instanceof Item.Data data) {
            data(data.slab(), data.offset());
        } else if (item instanceof Item.Hole hole) {
            hole(hole);
        } else if (item instanceof Item.End end) {
            end(end);
        } else if (item instanceof Item.Begin begin) {
            incoming.begin(begin.entry());
            number++;
            awaitTemporaries();
        } else if (item instanceof Item.Link link) {
            link(link);
        } else if (item instanceof Item.Amend amend) {
            incoming.amend(amend.attributes());
        } else if (item instanceof Item.Unread unread) {
            incoming.expectNone(item);
            losses.failed(unread.failure().path(), unread.failure().cause());
        } else {
            throw new IllegalArgumentException("A restore takes no "
                    + item.getClass().getSimpleName() + ": the source must resolve it to content first");
        }
    }

    /** A path that a temporary may have just now is not made before that has its name. */
    private void awaitTemporaries() throws InterruptedException {
        if (incoming.takeLikeTemporary()) {
            tasks.drain();
        }
    }

    private void data(Slab slab, long offset) throws InterruptedException {
        int bytes = slab.buffer().remaining();
        if (!incoming.piece(bytes)) {
            return;
        }
        long sizeBytes = incoming.entry().inode().sizeBytes();
        if (large == null && whole == null && offset == 0 && bytes == sizeBytes) {
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

    /** A hole is what is not written. */
    private void hole(Item.Hole hole) throws InterruptedException {
        if (incoming.piece(hole.length())) {
            large();
        }
    }

    private LargeFile large() throws InterruptedException {
        LargeFile now = large;
        if (now == null) {
            Entry of = incoming.entry();
            RawPath at = incoming.path();
            tasks.claim(at);
            FileTarget[] out = new FileTarget[1];
            Fate otherwise = guarded(at, () -> {
                out[0] = FileTarget.open(dirs, of, at, plan.overwrite());
                return out[0] == null ? skipped() : Fate.RESTORED;
            });
            now = new LargeFile(this, number, at, out[0], otherwise);
            large = now;
        }
        return now;
    }

    private void end(Item.End end) throws InterruptedException {
        Entry done = incoming.entry().with(end.inode());
        RawPath at = incoming.path();
        Slab content = whole;
        LargeFile file = large;
        boolean makes = incoming.end(end);
        whole = null;
        large = null;
        if (!makes) {
            release(content);
            if (file != null) {
                file.abandon();
            } else {
                decided(number, Fate.FAILED);
            }
        } else if (file != null) {
            file.end(done);
        } else if (done.inode().isDirectory()) {
            decided(number, guarded(at, () -> {
                tree.make(done, at);
                return count(true, 0);
            }));
        } else if (done.inode().isRegular()) {
            make(at, content, () -> small(done, at, content));
        } else {
            make(at, null, () -> count(specials.make(done, at), 0));
        }
        if (done.attributes().weightBytes() > AttributeRoom.LIGHT_BYTES) {
            tasks.drain(); // of those that are being made few may hold much
        }
    }

    private void link(Item.Link link) throws InterruptedException {
        incoming.expectNone(link);
        RawPath at = incoming.safePath(link.entry());
        number++;
        awaitTemporaries();
        if (at == null) {
            decided(number, Fate.FAILED);
        } else {
            tasks.await(link.first());
            make(at, null, () -> count(specials.link(link.entry(), at, link.first()), 0));
        }
    }

    private Fate small(Entry done, RawPath at, @Nullable Slab content) {
        try (FileTarget file = FileTarget.open(dirs, done, at, plan.overwrite())) {
            if (file == null) {
                return skipped();
            }
            int bytes = content == null ? 0 : file.write(content, 0);
            return named(file, done, at, bytes);
        }
    }

    private Fate skipped() {
        losses.skipped();
        return Fate.SKIPPED;
    }

    /** Gives a file that is written its attributes and its name. */
    Fate named(FileTarget file, Entry done, RawPath at, long bytes) {
        InodeKey key = done.inode().isHardLinked() ? file.key() : null;
        boolean named = file.finish(setter, done.inode(), done.attributes());
        if (!named) {
            losses.skipped();
        } else if (key != null) {
            specials.remember(at, key);
        }
        return count(named, bytes);
    }

    private Fate count(boolean made, long bytes) {
        if (!made) {
            return Fate.SKIPPED; // which was counted where it was found
        }
        job.progress().add(Counter.ENTRIES, 1);
        job.progress().add(Counter.BYTES, bytes);
        return Fate.RESTORED;
    }

    /** Any thread. */
    void decided(long entry, Fate fate) {
        try {
            plan.fates().decided(entry, fate);
        } catch (RuntimeException | Error failed) {
            fatal.compareAndSet(
                    null, new IllegalStateException("Telling of entry " + entry + " failed: " + failed, failed));
        }
    }

    /** Makes one path on a worker: whatever happens, the path and the slab are given back. */
    private void make(RawPath at, @Nullable Slab content, Supplier<Fate> work) throws InterruptedException {
        long entry = number;
        boolean accepted = false;
        boolean claimed = false;
        try {
            tasks.claim(at);
            claimed = true;
            tasks.submit(() -> {
                Fate fate = Fate.FAILED;
                try {
                    if (!isStopped()) {
                        fate = guarded(at, work);
                    }
                } finally {
                    release(content);
                    tasks.done(at);
                    decided(entry, fate);
                }
            });
            accepted = true;
        } finally {
            if (!accepted) {
                release(content);
                if (claimed) {
                    tasks.done(at);
                }
            }
        }
    }

    private Fate guarded(RawPath at, Supplier<Fate> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error failed) {
            fail(at, failed);
            return Fate.FAILED;
        }
    }

    /** What came up while a path was made: reported, or the end of the restore. Any thread. */
    void fail(RawPath at, Throwable failed) {
        try {
            if (!losses.reported(at, failed)) { // every further file may fail as well; what is there stays
                fatal.compareAndSet(
                        null,
                        failed instanceof PosixException full
                                ? full.at(at.toString())
                                : new IllegalStateException("Restoring " + at + " failed: " + failed, failed));
            }
        } catch (RuntimeException | Error broken) {
            fatal.compareAndSet(null, new IllegalStateException("Reporting " + at + " failed: " + broken, broken));
        }
    }

    private static void release(@Nullable Slab slab) {
        if (slab != null) {
            slab.release();
        }
    }

    /** Everything was taken: waits for the workers, then gives directories their attributes. */
    Report finish() throws InterruptedException {
        taker = Thread.currentThread();
        if (interrupted) {
            throw new CancellationException("The restore was interrupted");
        }
        incoming.expectNone(null);
        tasks.drain();
        RuntimeException failed = fatal.get();
        if (failed != null) {
            throw failed;
        }
        Stopped.run("Restoring", () -> tree.finish(implicitPermissions, () -> !closed));
        return Report.of("", job);
    }

    /** Ends the run from any thread: what is in hand is given back on the taking thread, temporaries go. */
    void close() {
        closed = true;
        if (Thread.currentThread() == taker) {
            cleanUp();
        } else {
            thread.schedule(this::cleanUp);
        }
        thread.dispose();
    }

    private void cleanUp() {
        release(whole);
        whole = null;
        LargeFile unfinished = large;
        large = null;
        try {
            if (unfinished != null) {
                unfinished.abandon();
            }
            tasks.close();
        } finally {
            try {
                dirs.close();
                deferred.close();
            } finally {
                target.close();
            }
        }
    }
}
