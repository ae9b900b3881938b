package io.stripeline.dedup;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.dedup.store.Repository;
import io.stripeline.dedup.store.StoreConfig;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Steady;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.RawPath;
import io.stripeline.slab.SlabPool;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.Diff;
import io.stripeline.snapshot.Difference;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.References;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowStream;
import io.stripeline.snapshot.SnapshotReader;
import io.stripeline.snapshot.SnapshotRoot;
import io.stripeline.snapshot.SnapshotSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/**
 * An embedded store of backups.
 *
 * <p>Thread-safe; methods that answer no {@code Flux} block. Streams run on threads of their own, that end with them.
 * Several processes may write to one store at once.
 */
public final class DedupStore implements AutoCloseable {
    /** Hosts of one cluster may be a minute apart. */
    private static final int CLOCKS_DIFFER_SECONDS = 60;

    /** Level 3 of zstd stores a little less at twice the CPU time. */
    public static final int LEVEL = 1;

    private final Engine engine;
    private final Supplier<FileChunks.Cutter> cutters;
    private final Path temporary;

    DedupStore(Engine engine, Supplier<FileChunks.Cutter> cutters, Path temporary) {
        this.engine = engine;
        this.cutters = cutters;
        this.temporary = temporary;
    }

    /**
     * Opens the store in a directory.
     *
     * @throws FormatException where there is no store, or one that this program does not know
     */
    public static DedupStore open(Path directory) {
        return of(DirectoryBlobStore.open(directory), Repository::open);
    }

    /**
     * Opens the store in a directory, or makes one where the directory is empty or missing. What a crash left of a store
     * that was being made is made whole.
     *
     * @param level of zstd for a store that is made: 1 to 19, 0 for no compression
     * @throws FormatException where the directory has something else in it, or a store that this program does not know
     */
    public static DedupStore openOrCreate(Path directory, int level) {
        return openOrCreate(directory, level, StoreConfig.PACK_BYTES);
    }

    /**
     * The same, with the size of the packs of a store that is made.
     *
     * @param packBytes when a pack is full: 16 MiB to 1 GiB; a pack is never larger than 1 GiB, so that the largest are
     *     full a little before
     */
    public static DedupStore openOrCreate(Path directory, int level, long packBytes) {
        StoreConfig config = StoreConfig.create(level).withFullPackAt(packBytes);
        DirectoryBlobStore blobs = DirectoryBlobStore.make(directory.toString().getBytes(StandardCharsets.UTF_8));
        return of(blobs, store -> {
            String stranger = blobs.stranger(StoreConfig.BEFORE);
            if (StoreConfig.isIn(store)) { // looked for last: another process may be making it
                return Repository.open(store);
            }
            if (stranger != null) {
                throw new FormatException(
                        directory + " is no store, and not empty: it has '" + stranger
                                + "'. Give a directory that is empty or missing, in which a store is made, or that of a store.");
            }
            return Repository.init(store, config);
        });
    }

    /** {@link #openOrCreate(Path, int)} with the level that costs little and saves most. */
    public static DedupStore openOrCreate(Path directory) {
        return openOrCreate(directory, LEVEL);
    }

    private static DedupStore of(BlobStore blobs, Function<BlobStore, Repository> open) {
        try {
            RepositoryEngine engine = new RepositoryEngine(open.apply(blobs));
            return new DedupStore(engine, engine::cutter, Path.of(System.getProperty("java.io.tmpdir")));
        } catch (RuntimeException failed) {
            blobs.close();
            throw failed;
        }
    }

    /** Notices of the store are problems of the job that used it last. */
    private void tell(Job job) {
        engine.notices((cause, message) ->
                job.problems().add(new Problem(RawPath.ROOT, Problem.Severity.WARNING, cause, message)));
    }

    private Catalog catalog(Job job) {
        return catalog(job, Problem.Severity.ERROR);
    }

    private Catalog catalog(Job job, Problem.Severity damage) {
        tell(job);
        return Catalog.of(engine, job.problems(), damage);
    }

    /**
     * Opens a backup. Its parents are the last complete set of the same filesystem and path, whatever host made it, then
     * what runs that crashed or were sharded have left.
     *
     * @param plan how to compare with parents
     * @throws IllegalArgumentException where the set has shards of another tree, or divided in another way
     */
    public Backup backup(BackupSource source, BackupOptions options, Compare plan, Job job) {
        Catalog catalog = catalog(job, Problem.Severity.WARNING);
        if (!options.set().isEmpty()) {
            catalog.demandFits(options.set(), source, options.shard());
        }
        warnOfTheFuture(catalog, source, job);
        Parents parents = parents(catalog, source, options, plan);
        List<String> ids = new ArrayList<>();
        parents.sets().forEach(set -> set.shards().forEach(shard -> ids.add(shard.id())));
        String set = options.set().isEmpty() ? SetIds.fresh() : options.set();
        Engine.Session session = engine.session(ids, parents.replaced());
        BackupRun run = new BackupRun(session, source, options, set, ids, cutters.get(), job, System::nanoTime);
        return new Backup(run, base(parents.sets(), source, plan, job), set, ids);
    }

    /** A clock that was put back: what is new goes behind what it is compared with, and that is all that can be known. */
    private static void warnOfTheFuture(Catalog catalog, BackupSource source, Job job) {
        Instant now = job.clock().instant();
        catalog.lastOf(source.fileSystemId(), source.path())
                .map(StoredSet::any)
                .filter(last -> last.start().seconds() > now.getEpochSecond() + CLOCKS_DIFFER_SECONDS)
                .ifPresent(last -> job.problems()
                        .add(new Problem(
                                RawPath.ROOT,
                                Problem.Severity.WARNING,
                                "clock",
                                "the last snapshot of " + last.path() + " began at "
                                        + Instant.ofEpochSecond(last.start().seconds()) + " by the clock of "
                                        + last.host() + ", which is ahead of this one's: set the clocks right, since"
                                        + " files are told to be unchanged by their times")));
    }

    /**
     * How a backup compares with its parents.
     *
     * @param force not at all: everything is read again
     * @param ignoreCtime a file whose ctime alone differs is unchanged
     */
    public record Compare(boolean force, boolean ignoreCtime) {
        /** By the full rule of {@link Base}. */
        public static final Compare STRICT = new Compare(false, false);
    }

    private static Parents parents(Catalog catalog, BackupSource source, BackupOptions options, Compare plan) {
        Parents all = Parents.of(catalog, source, options.shard(), options.selection());
        return plan.force() ? all.withoutSets() : all;
    }

    /** What earlier backups know of a tree, for a comparison without a backup. The caller closes it. */
    public Base base(BackupSource source, BackupOptions options, Compare plan, Job job) {
        Catalog catalog = catalog(job, Problem.Severity.WARNING);
        return base(parents(catalog, source, options, plan).sets(), source, plan, job);
    }

    private Base base(List<StoredSet> parents, BackupSource source, Compare plan, Job job) {
        if (parents.isEmpty()) {
            return Base.NONE;
        }
        ParentBase.Devices devices = new ParentBase.Devices(source.byDevice());
        return new ParentBase(
                parents.stream()
                        .map(set -> new ParentTree(set.id(), open(set), devices, plan.ignoreCtime(), job.problems()))
                        .toList(),
                new KnownDamage(engine));
    }

    /** All snapshots, oldest first, checkpoints of crashed runs included. */
    public List<StoredSnapshot> snapshots(Job job) {
        return catalog(job).snapshots();
    }

    /** All sets, oldest first, incomplete ones included, checkpoints left out. */
    public List<StoredSet> sets(Job job) {
        return catalog(job).sets();
    }

    /**
     * What a user means by {@code latest}, by a set id or by the beginning of an id. An incomplete set is only found by
     * its name.
     *
     * @throws NoSuchSnapshotException with advice
     */
    public StoredSet find(String name, Job job) {
        return catalog(job).find(name);
    }

    /** Opens the namespace of a set. */
    public SnapshotSet open(StoredSet set) {
        return SnapshotSet.of(set.shards().stream()
                .map(shard -> SnapshotReader.open(engine, shard.root()))
                .toList());
    }

    /**
     * Rows of a path: of everything below it too, or only of one directory. Where something is damaged, what can be read
     * comes before the failure that tells of it.
     */
    public Flux<Row> list(StoredSet set, RawPath path, boolean recursive) {
        return pulled(() -> {
            SnapshotSet open = open(set);
            RowStream rows = recursive ? open.rows(path) : open.list(path);
            return Pull.damageLast(rows::next);
        });
    }

    /** What differs from {@code before} to {@code after} at and below {@code path}; fails at the end, as {@link #list}. */
    public Flux<Difference> diff(StoredSet before, StoredSet after, RawPath path) {
        return pulled(() -> {
            Diff diff = Diff.of(open(before), open(after), path);
            return Pull.damageLast(diff::next);
        });
    }

    /**
     * The items of a set, or of some paths of it with all below them. Every chunk is proved against its name; a damaged
     * one fails its file alone, and is reported.
     *
     * @param paths none for everything; the directories above them come first, so that they protect what they did: tell
     *     the writer by {@code RestorePlan.choosing}
     */
    public Flux<Item> restore(StoredSet set, List<RawPath> paths, SlabPool slabs, Job job) {
        return restore(set, paths, row -> true, slabs, job);
    }

    /**
     * The same, without the rows that {@code keep} refuses; nothing of them is read. Of an inode with several names
     * those that are kept are linked.
     *
     * @param keep asked on one thread, rows in the order of the snapshot
     */
    public Flux<Item> restore(StoredSet set, List<RawPath> paths, Predicate<Row> keep, SlabPool slabs, Job job) {
        int cores = Runtime.getRuntime().availableProcessors();
        return Flux.defer(() -> {
            tell(job);
            return RestoreSource.items(open(set), paths, keep, engine, slabs, temporary, cores, job);
        });
    }

    /**
     * Follows every snapshot to everything that it needs. Each damage is a problem of {@code job}.
     *
     * @param readData also read and prove every chunk of data
     */
    public CheckResult check(boolean readData, Job job) {
        tell(job);
        return new StoreCheck(engine, job).run(readData);
    }

    /** Counts what is stored and what of it no snapshot needs; reads all metadata. */
    public StoreStats stats(Job job) {
        Catalog catalog = catalog(job);
        IdSet needed = new IdSet();
        References references = new References(engine, new References.Visitor() {
            @Override
            public boolean needs(BlobKind kind, BlobId id) {
                needed.add(id);
                return true;
            }

            @Override
            public void damaged(FormatException what) {
                job.problems()
                        .add(new Problem(
                                RawPath.ROOT, Problem.Severity.ERROR, "damage", String.valueOf(what.getMessage())));
            }

            @Override
            public void shares(SnapshotRoot first) {} // what it needs is known already
        });
        catalog.snapshots().forEach(snapshot -> references.follow(snapshot.root()));
        Engine.Usage usage = engine.usage(needed::contains);
        return new StoreStats(
                catalog.snapshots().size(),
                catalog.sets().size(),
                usage.chunks(),
                usage.storedBytes(),
                usage.rawBytes(),
                usage.reclaimableBytes(),
                usage.leftoverBytes());
    }

    /** A stream of what a thread of its own pulls, as much as is asked for. */
    private static <T> Flux<T> pulled(Supplier<Pull<T>> open) {
        return Flux.using(
                () -> Steady.oneThread("stripeline-list"),
                thread -> Flux.<T, Pull<T>>generate(
                                () -> Stopped.call("Reading from the store", open), DedupStore::pull)
                        .subscribeOn(thread, true),
                Steady::dispose);
    }

    private static <T> Pull<T> pull(Pull<T> from, SynchronousSink<T> sink) {
        T next = Stopped.call("Reading from the store", from::next);
        if (next == null) {
            sink.complete();
        } else {
            sink.next(next);
        }
        return from;
    }

    @Override
    public void close() {
        engine.close();
    }
}
