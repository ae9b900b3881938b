package io.stripeline.testkit;

import io.stripeline.Capabilities;
import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.change.ChangeSource;
import io.stripeline.flow.Job;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.read.ContentSource;
import io.stripeline.scan.ScanSpec;
import io.stripeline.testkit.TreeFacts.Fact;
import io.stripeline.write.TreeWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/**
 * A volume in memory, strict where a disk is lenient: it refuses what a caller has no right to ask (a closed file, an
 * entry of another kind), keeps the stack of every open, and its clock stands still unless it is moved.
 *
 * <p>Times are taken from {@link #now(Timestamp)}'s clock cut to the {@link #tick}, so a change within a tick hides, as
 * on a disk. A scan gives rows in batches of {@link #batchRows} in the order of names, or shuffled with a seed, but a
 * directory always before what is in it. All methods are thread-safe; a change shows at once in open files.
 */
public final class FakeVolume implements Volume {
    private final Map<Long, FileSystemId> devices =
            Map.of(FakeInode.DEVICE, FileSystemId.of("fake:0001".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    private final FakeInode root;
    private long nextNumber = 2;
    private Timestamp clock = new Timestamp(1_600_000_000, 0);
    private Duration tick = Duration.ofNanos(1);
    private int batchRows = InodeBatch.CAPACITY;
    private long orderSeed;
    private int mostPerRead = Integer.MAX_VALUE;
    private boolean closed;
    private final FakeChanges log = new FakeChanges(this);
    private boolean hasChanges;

    private FakeVolume() {
        root = new FakeInode(1, FileType.DIRECTORY, clock);
        root.mode = 0755;
    }

    /** A volume that holds {@code tree}; owner 0:0 where the literal does not say. */
    public static FakeVolume of(Tree tree) {
        FakeVolume volume = new FakeVolume();
        volume.underLock(() -> FakePlanting.plant(volume, tree));
        return volume;
    }

    // ---- what a test sets

    /** Sets the clock; it does not move by itself. */
    public synchronized FakeVolume now(Timestamp time) {
        clock = time;
        return this;
    }

    /** Two changes within one tick carry the same time. */
    public synchronized FakeVolume tick(Duration granularity) {
        tick = granularity;
        return this;
    }

    /** Rows of a batch of the scan, 1 to 256. */
    public synchronized FakeVolume batchRows(int rows) {
        batchRows = rows;
        return this;
    }

    /** Gives rows in an order that depends on the seed; 0 for the order of names. */
    public synchronized FakeVolume shuffled(long seed) {
        orderSeed = seed;
        return this;
    }

    /** No read returns more than this. */
    public synchronized FakeVolume mostPerRead(int bytes) {
        mostPerRead = bytes;
        return this;
    }

    /** The volume tells its changes, from this moment on, in a way that the source's own settings say. */
    public synchronized FakeChanges tellChanges() {
        hasChanges = true;
        log.record();
        return log;
    }

    // ---- what a test does to the tree while others look

    /** Replaces the content of a file; its times move to the clock's. */
    public void write(String path, Content content) {
        change(path, inode -> {
            inode.content = content;
            inode.mtime = time();
        });
    }

    /** Changes an inode's mode; only ctime moves. */
    public void chmod(String path, int mode) {
        change(path, inode -> inode.mode = mode);
    }

    /** Removes a name with all that is below it. Open files stay readable. */
    public void remove(String path) {
        underLock(() -> FakePlanting.remove(this, RawPath.of(path)));
    }

    /** Puts {@code node} with a new inode where something else was. */
    public void replace(String path, Tree node) {
        RawPath at = RawPath.of(path);
        underLock(() -> {
            FakePlanting.remove(this, at);
            FakePlanting.add(this, at.parent(), node.named(at.name()));
        });
    }

    /** Gives something another name, as rename(2) does. */
    public void rename(String from, String to) {
        underLock(() -> FakePlanting.rename(this, RawPath.of(from), RawPath.of(to)));
    }

    /** Adds a node to a directory. */
    public void add(String parent, Tree node) {
        underLock(() -> FakePlanting.add(this, RawPath.of(parent), node));
    }

    private void change(String path, Consumer<FakeInode> what) {
        underLock(() -> {
            FakeInode inode = find("change", RawPath.of(path));
            what.accept(inode);
            inode.ctime = time();
            log.touched(inode);
        });
    }

    // ---- what a test looks at

    /** Everything in it, as seen from outside. */
    public TreeFacts facts() {
        return locked(() -> {
            SortedMap<RawPath, Fact> facts = new TreeMap<>();
            Map<FakeInode, Set<RawPath>> names = new HashMap<>();
            collect(RawPath.ROOT, root, facts, names);
            return TreeFacts.of(facts, names);
        });
    }

    private static void collect(
            RawPath path, FakeInode inode, SortedMap<RawPath, Fact> facts, Map<FakeInode, Set<RawPath>> names) {
        facts.put(path, inode.fact());
        if (!inode.isDirectory()) {
            names.computeIfAbsent(inode, i -> new TreeSet<>()).add(path);
        }
        inode.children.forEach((name, child) -> collect(path.child(name.bytes()), child, facts, names));
    }

    /** Fails with the stack of each open where a file is open now. */
    public void checkNoOpenFiles() {
        if (OpenFiles.count() > 0) {
            throw new AssertionError(String.join("\n", OpenFiles.left()));
        }
    }

    // ---- Volume

    @Override
    public String kind() {
        return "fake";
    }

    @Override
    public Path root() {
        return Path.of("/fake");
    }

    @Override
    public FileSystemId fileSystemId() {
        return fileSystemId(FakeInode.DEVICE);
    }

    @Override
    public FileSystemId fileSystemId(long device) {
        FileSystemId id = devices.get(device);
        if (id == null) {
            throw new IllegalArgumentException("No row carried device " + device);
        }
        return id;
    }

    @Override
    public Capabilities capabilities() {
        return locked(() -> new Capabilities(hasChanges, false, false, true, true, true, true, true, tick, 1));
    }

    @Override
    public Flux<InodeBatch> scan(ScanSpec spec, Job job) {
        return FakeScan.of(this, spec, job);
    }

    @Override
    public synchronized Optional<ChangeSource> changes() {
        return hasChanges ? Optional.of(log) : Optional.empty();
    }

    @Override
    public ContentSource content() {
        return new FakeContent(this);
    }

    @Override
    public TreeWriter writer() {
        return new FakeWriter(this);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    // ---- for the rooms of the fake

    synchronized <T> T locked(Supplier<T> body) {
        return body.get();
    }

    synchronized void underLock(Runnable body) {
        body.run();
    }

    FakeChanges log() {
        return log;
    }

    FakeInode rootInode() {
        return root;
    }

    void checkOpen(String call) {
        if (closed) {
            throw new IllegalStateException(call + " on a closed volume");
        }
    }

    FakeInode newInode(FileType type) {
        return new FakeInode(nextNumber++, type, time());
    }

    /** The clock, cut to the tick. */
    Timestamp time() {
        Instant exact = Instant.ofEpochSecond(clock.seconds(), clock.nanos());
        long tickNanos = tick.toNanos();
        long nanos = exact.getNano();
        long seconds = exact.getEpochSecond();
        if (tickNanos >= 1_000_000_000L) {
            long wholeSeconds = tickNanos / 1_000_000_000L;
            return new Timestamp(Math.floorDiv(seconds, wholeSeconds) * wholeSeconds, 0);
        }
        return new Timestamp(seconds, (int) (nanos / tickNanos * tickNanos));
    }

    /** The inode at a path; symlinks are not followed. */
    FakeInode find(String operation, RawPath path) {
        FakeInode at = root;
        for (byte[] name : FakePlanting.components(path)) {
            if (!at.isDirectory()) {
                boolean link = at.type == FileType.SYMLINK;
                throw new PosixException(operation, link ? Errno.ELOOP : Errno.ENOTDIR, path.toString());
            }
            FakeInode next = at.children.get(new Name(name));
            if (next == null) {
                throw new PosixException(operation, Errno.ENOENT, path.toString());
            }
            at = next;
        }
        return at;
    }

    int batchRows() {
        return batchRows;
    }

    int mostPerRead() {
        return mostPerRead;
    }

    SplittableRandom order() {
        return new SplittableRandom(orderSeed);
    }

    boolean isShuffled() {
        return orderSeed != 0;
    }
}
