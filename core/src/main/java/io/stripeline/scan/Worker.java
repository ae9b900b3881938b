package io.stripeline.scan;

import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a walk. Directories it finds stay its own, newest first, until others want work; then it hands its rows
 * downstream, so that no directory is worked on before its row, and shares them.
 */
final class Worker implements Runnable {
    /** Own directories kept while nobody wants them; the rest goes to the list, which is bounded. */
    private static final int MOST_OWN = 64;
    /** Calls slower than this wait for something: share at once. Faster ones run: share by the handful. */
    private static final long SLOW_NANOS = 40_000;

    private static final int HANDFUL = 4;

    private final Walk walk;
    private final WorkList work;
    private final Selection selection;
    private final @Nullable Held held;
    private final Rows rows;
    private final NameMemory name = new NameMemory();
    private final StatxBuffer stat = new StatxBuffer();
    private final Lister lister;
    private final ArrayDeque<Work> own = new ArrayDeque<>();
    private final int statxMask;
    private final int statxFlags;
    private final DirOpener opener;
    private volatile @Nullable Dir at;

    private long clock = System.nanoTime();
    private int sinceClock;
    private int stride = 1;
    private boolean slow;

    Worker(Walk walk) {
        this.walk = walk;
        this.work = walk.work;
        this.selection = walk.selection;
        Gate gate = walk.spec.gate();
        this.held = gate == null ? null : new Held(gate, walk.job.progress(), own::addLast);
        this.rows = new Rows(walk.collector, walk.job, held);
        this.lister = new Lister(this, walk);
        this.opener = new DirOpener(walk);
        this.statxMask = walk.tree.statxMask();
        this.statxFlags = walk.tree.statxFlags();
    }

    String where() {
        Dir dir = at;
        return dir == null ? "(between directories)" : dir.path().toString();
    }

    @Override
    public void run() {
        try {
            int lane = -1;
            while (true) {
                Work next = own.pollLast();
                if (next == null && rows.holdsWork() && !walk.cancelled) {
                    rows.flush();
                    next = own.pollLast();
                }
                if (next == null) {
                    next = work.take(lane, rows.isEmpty(), !walk.collector.isEmpty());
                    lane = next == null ? -1 : next.lane();
                }
                if (next == null) {
                    break;
                }
                if (next == WorkList.NOTHING) {
                    lane = -1;
                    flushBeforeWaiting();
                } else if (walk.cancelled) {
                    next.drop();
                } else {
                    run(next);
                    share();
                }
            }
            if (held == null || !walk.cancelled) {
                rows.flush();
            }
        } catch (Throwable failed) { // a defect or no memory: the walk ends with it, since rows are lost
            walk.fail(failed);
        } finally {
            own.forEach(Work::drop);
            if (held != null) {
                held.drop();
            }
            walk.ended(this);
        }
    }

    /** A worker that has nothing to do sees to it that rows do not wait for those that have. */
    private void flushBeforeWaiting() {
        if (rows.isEmpty()) {
            walk.collector.flushIfOld(System.nanoTime());
        } else {
            rows.flush();
        }
    }

    private void run(Work next) {
        if (next instanceof Work.Pending pending) {
            open(pending);
        } else if (next instanceof Work.Names names) {
            stat(names);
        } else if (next instanceof Work.Listing listing) {
            list(listing.dir());
        } else {
            openRoot();
        }
        at = null;
    }

    private void openRoot() {
        int own = -1;
        boolean entered = false;
        try {
            walk.root(walk.tree.openRoot());
            WalkRoot.check(walk.root(), walk.tree.statFs(walk.root()), walk.spec.skipped());
            own = Posix.duplicate(walk.root());
            Posix.statx(own, statxMask, stat);
            walk.tree.entered(stat.dev(), own);
            entered = true;
        } catch (RuntimeException failed) {
            walk.fail(failed);
        } finally {
            if (own >= 0 && !entered) {
                Posix.close(own);
            }
        }
        if (entered) {
            root(own);
        }
    }

    private void root(int own) {
        Dir dir = Dir.root();
        long device = stat.dev();
        boolean owned = selection.shard().ownsDirectory(0, ShardRule.rootHash(), false);
        boolean recorded = selection.shard().by() == io.stripeline.Shard.By.HASH
                ? selection.shard().ownsInode(stat.ino())
                : owned;
        OpenDir opened = new OpenDir(dir, own, device, ShardRule.rootHash(), owned, walk.tree.lane(own), walk.openDirs);
        if (held != null) {
            rows.addHeld(dir, dir.name(), 0, 0, stat, new Work.Listing(opened), recorded);
            return;
        }
        if (recorded) {
            rows.add(dir, dir.name(), 0, 0, stat);
        }
        list(opened);
    }

    private void open(Work.Pending item) {
        at = item.dir();
        try {
            OpenDir opened = tryOpen(item);
            if (opened != null) {
                list(opened);
            }
        } finally {
            item.drop();
        }
    }

    private @Nullable OpenDir tryOpen(Work.Pending item) {
        OpenDir parent = item.parent();
        int fd = parent == null
                ? opener.byPath(item.dir())
                : opener.openat(parent.fd, item.dir().name());
        if (fd < 0) {
            if (fd == -Errno.ENOENT) {
                walk.job.progress().add(Counter.VANISHED, 1);
            } else {
                rows.fail(item.dir(), new byte[0], "open", -fd);
            }
            return null;
        }
        boolean kept = false;
        try {
            OpenDir opened = entered(item, fd);
            kept = opened != null;
            return opened;
        } catch (PosixException failed) {
            rows.fail(item.dir(), new byte[0], failed.operation(), failed.errno());
            return null;
        } finally {
            if (!kept) {
                Posix.close(fd);
            }
        }
    }

    /** Null for the root of a filesystem that nobody enters. */
    private @Nullable OpenDir entered(Work.Pending item, int fd) {
        if (item.device() != item.parentDevice()) {
            if (walk.tree.statFs(fd).isPseudo()) {
                walk.job.progress().add(Counter.SKIPPED, 1);
                return null;
            }
            walk.tree.entered(item.device(), fd);
        }
        return new OpenDir(
                item.dir(), fd, item.device(), item.pathHash(), item.owned(), walk.tree.lane(fd), walk.openDirs);
    }

    private void list(OpenDir dir) {
        at = dir.dir;
        lister.list(dir);
    }

    private void stat(Work.Names batch) {
        at = batch.dir().dir;
        byte[] names = batch.names();
        long address = name.put(names);
        int from = 0;
        try {
            for (byte rule : batch.rules()) {
                int to = from;
                while (names[to] != 0) {
                    to++;
                }
                if (walk.cancelled) {
                    return;
                }
                visit(batch.dir(), names, from, to - from, address + from, rule);
                from = to + 1;
            }
        } finally {
            batch.dir().release();
        }
    }

    /** Stats one name, records it, and remembers it where it is a directory to enter. */
    void visit(OpenDir dir, byte[] source, int from, int length, long address, byte rule) {
        int result = Posix.tryStatx(dir.fd, address, statxFlags, statxMask, stat);
        if (++sinceClock >= stride) {
            clock();
        }
        if (result != 0) {
            failed(dir, source, from, length, address, rule, result);
            return;
        }
        int mode = stat.mode();
        boolean directory = (mode & FileType.MASK) == FileType.DIRECTORY.bits();
        if (!walk.skipped.isEmpty() && walk.isSkipped(stat.dev(), stat.ino())) {
            walk.job.progress().add(Counter.SKIPPED, 1);
            return;
        }
        if (directory) {
            directory(dir, source, from, length, rule);
        } else if ((rule & Selection.ROW_IF_FILE) != 0) {
            rows.add(dir.dir, source, from, length, stat);
        }
    }

    private void failed(OpenDir dir, byte[] source, int from, int length, long address, byte rule, int result) {
        if (result == -Errno.ENOENT) {
            walk.job.progress().add(Counter.VANISHED, 1);
            return;
        }
        if (result == -Errno.ESTALE && Posix.tryStatx(dir.fd, address, statxFlags, statxMask, stat) == 0) {
            visit(dir, source, from, length, address, rule);
            return;
        }
        rows.fail(dir.dir, java.util.Arrays.copyOfRange(source, from, from + length), "stat", -result);
    }

    private void directory(OpenDir parent, byte[] source, int from, int length, byte rule) {
        byte[] component = java.util.Arrays.copyOfRange(source, from, from + length);
        long device = stat.dev();
        boolean entered = true;
        if (device != parent.device && walk.spec.oneFileSystem()) {
            entered = false;
            walk.job.progress().add(Counter.SKIPPED, 1);
        }
        int depth = parent.dir.depth() + 1;
        long hash = selection.isEverything() ? 0 : ShardRule.childHash(parent.pathHash, component);
        boolean owned = selection.shard().ownsDirectory(depth, hash, parent.owned);
        Work.Pending pending = null;
        if (entered && selection.shard().enters(depth, owned)) {
            OpenDir open = walk.openDirs.get() < walk.mostOpenDirs ? parent : null;
            if (open != null) {
                open.hold();
            }
            pending = new Work.Pending(
                    open, parent.dir.child(component), device, parent.device, hash, owned, parent.lane);
        }
        boolean recorded = (rule & Selection.ROW_IF_DIRECTORY) != 0;
        if (held != null) {
            rows.addHeld(parent.dir, source, from, length, stat, pending, recorded);
        } else {
            if (pending != null) {
                own.addLast(pending);
            }
            if (recorded) {
                rows.add(parent.dir, source, from, length, stat);
            }
        }
        if (work.hunger() > 0 && slow) {
            share();
        }
    }

    /** True where names that this worker has listed should go to others. */
    boolean isWanted(int namesLeft) {
        return work.hunger() > 0 && (slow ? namesLeft > 1 : namesLeft >= Lister.BATCH) && work.hasRoomForNames();
    }

    /** Hands rows downstream before others see what is below them. */
    void publish(List<? extends Work> items) {
        if (rows.holdsDirectories()) {
            rows.flush();
        }
        work.add(items);
    }

    private void share() {
        if (work.hunger() > 0 && rows.holdsWork()) {
            rows.flush();
        }
        int mine = own.size();
        if (mine > MOST_OWN || (mine > 0 && work.hunger() > 0 && (slow || mine >= HANDFUL))) {
            List<Work> items = new ArrayList<>(own);
            own.clear();
            publish(items);
        }
    }

    /** Reads the clock every few calls: often where calls are slow, so that rows are not kept back. */
    private void clock() {
        long now = System.nanoTime();
        long nanos = now - clock;
        int calls = sinceClock;
        sinceClock = 0;
        clock = now;
        slow = nanos > calls * SLOW_NANOS;
        stride = nanos > 1_000_000 ? 1 : 16;
        walk.inFlight.tick(calls, slow, now, work.hunger());
        rows.flushIfOld(now);
        walk.collector.flushIfOld(now);
    }

    void fail(Dir dir, String operation, int errno) {
        rows.fail(dir, new byte[0], operation, errno);
    }

    boolean isSlow() {
        return slow;
    }
}
