package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.index.ChunkIndex;
import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.index.IndexBuilder;
import io.stripeline.dedup.index.IndexCacheException;
import io.stripeline.dedup.index.IndexFile;
import io.stripeline.dedup.pack.PackReader;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobSource;
import io.stripeline.snapshot.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One open store. Thread-safe; owns the blob store given to it. */
public final class Repository implements BlobSource, AutoCloseable {
    private static final int CONFIG_BYTES = 64 << 10;
    private final BlobStore store;
    private final StoreConfig config;
    private final PackReader packs;
    private final CopyReader reader;
    private final Roots roots;
    private final Notices notices = new Notices();
    private final IndexFiles files;
    private final StoreIndex index;
    private final Copies copies;
    private final Set<BlobId> loaded = new HashSet<>();
    private boolean unindexedTried;

    private Repository(BlobStore store, StoreConfig config) {
        this.store = store;
        this.config = config;
        this.packs = new PackReader(store);
        this.files = new IndexFiles(store, notices);
        this.index = new StoreIndex(CacheHome.of(config.store()), files, notices, this::indexLost);
        this.copies = new Copies(index);
        this.reader = new CopyReader(this);
        this.roots = new Roots(store);
    }

    /**
     * Makes a store in an empty place and opens it; where another process was faster, or one is there already, that one
     * is opened.
     *
     * @throws IllegalStateException where the blob store does not keep its guarantees
     */
    public static Repository init(BlobStore store, StoreConfig config) {
        Probe.run(store);
        store.createNew(StoreConfig.NAME, config.seal());
        return open(store);
    }

    /**
     * Opens a store. Index files are read at the first need.
     *
     * @throws FormatException where there is no store, or one that this program does not know
     */
    public static Repository open(BlobStore store) {
        byte[] bytes;
        try {
            bytes = store.read(StoreConfig.NAME, CONFIG_BYTES);
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                throw new FormatException("There is no store in " + store.location(), failure);
            }
            throw failure;
        }
        return new Repository(store, StoreConfig.open(bytes));
    }

    public StoreConfig config() {
        return config;
    }

    /** Where the store is, for messages. */
    public String location() {
        return store.location();
    }

    BlobStore store() {
        return store;
    }

    ChunkIndex index() {
        return index;
    }

    IndexFiles indexFiles() {
        return files;
    }

    Copies copies() {
        return copies;
    }

    PackReader packs() {
        return packs;
    }

    Roots roots0() {
        return roots;
    }

    /** Begins to write what replaces nothing. */
    WriteSession begin(List<BlobId> parents) {
        return begin(parents, List.of());
    }

    /**
     * Begins to write.
     *
     * @param parents roots whose blobs the new root will refer to; prune keeps them while this session lives
     * @param replaced partial roots that are of no more use once the new one stands; those of sessions that live are kept
     */
    public WriteSession begin(List<BlobId> parents, List<BlobId> replaced) {
        SessionRecord record = new SessionRecord(store, parents);
        try {
            // the list before the index: a copy that is condemned later is in it for as long as this session stands
            Condemned condemned = Condemned.read(store);
            condemned.unreadable().values().forEach(this::tellUnreadable);
            copies.condemned(condemned);
            refreshForWriter();
            return new WriteSession(this, record, replaced);
        } catch (RuntimeException failure) {
            record.remove();
            throw failure;
        }
    }

    private void tellUnreadable(FormatException broken) {
        notices.tell(
                "damaged condemned list",
                broken.getMessage() + ". It says which stored copies nothing new may refer to; without it this backup"
                        + " relies on none, so all is read and stored again. Run check --read-data, which proves every"
                        + " pack and then does without the list, before the next backup.");
    }

    /** What is condemned only now may have another copy in an index file that was read before. */
    private synchronized void refreshForWriter() {
        boolean again = !loaded.isEmpty();
        refresh();
        if (again && copies.areAnyAvoided()) {
            files.forEach(copies::prefer);
        }
    }

    /** Reads index files that are new. Packs of a damaged index file are read instead of it. */
    public synchronized void refresh() {
        IndexFiles.Listing listing = files.list();
        if (index.wantsDisk(listing.chunks())) {
            renewed(index.toDisk(listing));
        }
        List<BlobId> damaged = new ArrayList<>();
        for (BlobId name : listing.names()) {
            if (!loaded.contains(name)) {
                IndexFile file = files.readOrTell(name, damaged::add);
                if (file != null) {
                    copies.add(file, true);
                }
                loaded.add(name);
            }
        }
        if (!damaged.isEmpty()) {
            addUnindexed();
        }
    }

    /** The index is another one, which knows what those index files say and nothing else. */
    private void renewed(@Nullable Set<BlobId> names) {
        if (names != null) {
            loaded.clear();
            loaded.addAll(names);
            unindexedTried = false;
            if (copies.areAnyAvoided()) {
                files.forEach(copies::prefer);
            }
        }
    }

    private synchronized void indexLost(ChunkIndex failed, IndexCacheException failure) {
        Set<BlobId> names = index.toMemory(failed, failure);
        if (names != null) {
            renewed(names);
            refresh();
        }
    }

    /** Takes in the packs that no index file names: an index file is lost, or a writer was interrupted. */
    private void addUnindexed() {
        Set<BlobId> named = new HashSet<>();
        files.forEach(file -> file.packs().forEach(pack -> named.add(pack.id())));
        List<BlobId> others = new ArrayList<>();
        store.list("packs", entry -> {
            BlobId id = Names.idOf(entry.name());
            if (id != null && !named.contains(id)) {
                others.add(id);
            }
        });
        int read = 0;
        for (BlobId pack : others) {
            try {
                copies.add(IndexBuilder.build(config.store(), List.of(packs.open(pack))), false);
                read++;
            } catch (FormatException damagedToo) {
                notices.tell("damaged pack", String.valueOf(damagedToo.getMessage()));
            }
        }
        if (read > 0) {
            notices.tell(
                    "packs read in place of an index",
                    read + " packs of " + store.location()
                            + " that no index file names were read in its place: the index"
                            + " is damaged or missing. What is in them can be restored; backups store it again where"
                            + " they read it again, so run a backup with --force, then check.");
        }
    }

    /** Writes index files for durable packs and takes them into the index. */
    void addIndexFiles(List<SealedPack> sealed) {
        List<SealedPack> group = new ArrayList<>();
        int chunks = 0;
        for (SealedPack pack : sealed) {
            if (chunks + pack.chunks() > IndexFile.MAX_ENTRIES) {
                addIndexFile(group);
                group.clear();
                chunks = 0;
            }
            group.add(pack);
            chunks += pack.chunks();
        }
        if (!group.isEmpty()) {
            addIndexFile(group);
        }
    }

    private void addIndexFile(List<SealedPack> group) {
        IndexFile file = IndexBuilder.build(config.store(), group);
        if (!store.createNew(IndexFile.nameOf(file.name()), file.toBytes())) {
            throw new IllegalStateException("Two index files of one name: " + file.name());
        }
        synchronized (this) {
            loaded.add(file.name());
            copies.add(file, true);
            if (index.wantsDisk(index.size())) {
                refresh();
            }
        }
    }

    /** Removes what crashed writers left unfinished long ago. What goes wrong is told: nothing depends on it. */
    void sweep(String ownSession) {
        Path directory = CacheHome.of(config.store());
        if (directory == null) {
            return;
        }
        try {
            int removed = Leftovers.of(store, directory).sweep(ownSession);
            if (removed > 0) {
                notices.tell("removed leftovers", removed + " unfinished files of crashed writers were removed");
            }
        } catch (IOException | PosixException failure) {
            notices.tell(
                    "leftovers",
                    "what crashed writers left in " + store.location() + " was not looked for: "
                            + failure.getMessage());
        }
    }

    /** Who is told what is worth knowing though nothing is lost; what was told before comes at once. */
    public Notices notices() {
        return notices;
    }

    /** All roots that stand, partial ones included; damaged ones are told to {@code damaged}. */
    public List<Root> roots(Consumer<FormatException> damaged) {
        return roots.list(damaged);
    }

    /** One root. ENOENT where there is none. */
    public Root root(BlobId id) {
        return roots.read(id);
    }

    /** The root that replaces them stands: what goes wrong here is told and fails nothing. */
    void removePartials(List<BlobId> ids) {
        for (BlobId id : ids) {
            try {
                Root root = roots.read(id);
                if (root.kind() == RootKind.PARTIAL && !SessionRecord.lives(store, root.session())) {
                    roots.remove(id);
                }
            } catch (PosixException | FormatException failure) {
                if (!(failure instanceof PosixException posix && posix.errno() == Errno.ENOENT)) {
                    notices.tell(
                            "checkpoint kept", "A checkpoint that is of no more use stays: " + failure.getMessage());
                }
            }
        }
    }

    @Override
    public byte[] get(BlobId id) {
        ChunkPlace place = copies.find(id);
        if (place == null) {
            place = findAgain(id);
        }
        if (place == null) {
            throw new FormatException("Blob " + id + " is in no pack of " + store.location()
                    + ". Run check; a backup with --force stores again what is still there of it.");
        }
        return reader.read(place, id);
    }

    private synchronized @Nullable ChunkPlace findAgain(BlobId id) {
        refresh();
        ChunkPlace place = copies.find(id);
        if (place == null && !unindexedTried) {
            unindexedTried = true;
            addUnindexed();
            place = copies.find(id);
        }
        return place;
    }

    /** Whether some copy is known that is neither condemned nor known to be damaged. */
    public boolean isSound(BlobId id) {
        ChunkPlace place = copies.find(id);
        return place != null && copies.isSound(place, id);
    }

    /** True where to look for a chunk may read from the disk, as in the index of a large store. */
    public boolean looksOnDisk() {
        return index.isOnDisk();
    }

    /** Whether any copy is condemned or known to be damaged; while none is, all that is known is sound. */
    public boolean isDamageKnown() {
        return copies.areAnyAvoided();
    }

    /** Its pack and its place there. */
    @Override
    public long place(BlobId id) {
        ChunkPlace place = copies.find(id);
        return place == null ? 0 : (long) place.pack().hashCode() << 32 | place.frameOffset();
    }

    /** Whether a blob is in some pack. */
    public boolean contains(BlobId id) {
        if (copies.find(id) == null) {
            refresh();
        }
        return copies.find(id) != null;
    }

    /** Whether a blob is in some pack, one that no index file names included. */
    public boolean isReadable(BlobId id) {
        return copies.find(id) != null || findAgain(id) != null;
    }

    /** Whether a blob is in a pack that an index file names. */
    public boolean isIndexed(BlobId id) {
        if (copies.isOutsideIndex(id)) {
            refresh(); // its writer may have come to that since
        }
        return !copies.isOutsideIndex(id);
    }

    /** Looks for damage; tells every finding. */
    public CheckReport check(boolean readData, Consumer<Finding> findings) {
        return new Check(this, readData, findings).run();
    }

    /** What the store holds, and what no root needs. {@code isReachable} is asked for every chunk. */
    public StoreStats stats(Predicate<BlobId> isReachable) {
        refresh();
        return StoreStats.gather(this, isReachable);
    }

    @Override
    public void close() {
        index.close();
        store.close();
    }
}
