package io.stripeline.write;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of directories, kept until everything below them is done: a directory's times change with each entry made
 * in it, and a read-only one takes no more entries.
 *
 * <p>They are given back by depth, deepest first; within one depth the order does not matter, so no sorting is needed
 * whatever their number. Beyond {@value #KEPT} of them, or {@value #KEPT_BYTES} bytes of attributes, they go to one
 * temporary file per depth. Of one directory the entry
 * added last counts, since it comes back last; an implicit record never overrides an entry. Thread-safe.
 */
final class DeferredDirs implements AutoCloseable {
    /** Records in memory: a few hundred bytes each. */
    private static final int KEPT = 16_384;

    private static final int KEPT_BYTES = 8 << 20;

    /** Takes a record: an entry, or a directory that was made for its children only. */
    interface Each {
        void accept(Entry entry, boolean own);
    }

    private final int most;

    private final TreeMap<Integer, List<Entry>> byPlace = new TreeMap<>();
    private final TreeMap<Integer, Path> files = new TreeMap<>();
    private int kept;
    private long keptBytes;
    private @Nullable Path folder;

    DeferredDirs() {
        this(KEPT);
    }

    /** @param most records in memory */
    DeferredDirs(int most) {
        this.most = most;
    }

    /** A directory that was made because an entry below it came first. */
    void addImplicit(Dir dir) {
        InodeId none = new InodeId(0, 0, 0);
        Timestamp epoch = Timestamp.EPOCH;
        Inode inode = new Inode(none, FileType.DIRECTORY.bits(), 2, 0, 0, 0, 0, 0, epoch, epoch, epoch, epoch);
        add(new Entry(dir, new byte[0], inode, Attributes.NONE), false);
    }

    /** A directory's entry; for the root of the tree its name is empty, for others {@code dir} may be itself or its parent. */
    void add(Entry entry) {
        add(entry, true);
    }

    private synchronized void add(Entry entry, boolean own) {
        // implicit ones come back first: a worker may tell of one after the directory's own entry was added
        int place = 2 * self(entry).depth() + (own ? 0 : 1);
        byPlace.computeIfAbsent(place, none -> new ArrayList<>()).add(entry);
        keptBytes += entry.attributes().weightBytes();
        if (++kept > most || keptBytes > KEPT_BYTES) {
            spill();
        }
    }

    static Dir self(Entry entry) {
        return entry.name().length == 0 ? entry.dir() : entry.dir().child(entry.name());
    }

    /** Hands out all records, deepest directories first, and forgets them. */
    synchronized void drain(Each each) {
        int deepest = Math.max(byPlace.isEmpty() ? -1 : byPlace.lastKey(), files.isEmpty() ? -1 : files.lastKey());
        for (int place = deepest; place >= 0; place--) {
            boolean own = place % 2 == 0;
            Path file = files.get(place);
            if (file != null) {
                read(file, entry -> each.accept(entry, own));
                files.remove(place);
            }
            List<Entry> entries = byPlace.remove(place);
            if (entries != null) {
                entries.forEach(entry -> each.accept(entry, own));
            }
        }
        kept = 0;
        keptBytes = 0;
    }

    private void spill() {
        try {
            Path below = folder == null ? Files.createTempDirectory("stripeline-dirs-") : folder;
            folder = below;
            for (Map.Entry<Integer, List<Entry>> of : byPlace.entrySet()) {
                Path file = files.computeIfAbsent(of.getKey(), place -> below.resolve("place-" + place));
                try (OutputStream raw =
                                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(raw))) {
                    for (Entry entry : of.getValue()) {
                        write(out, entry);
                    }
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("Directory attributes do not fit into " + folder + ": " + failed, failed);
        }
        byPlace.clear();
        kept = 0;
        keptBytes = 0;
    }

    private static void read(Path file, Consumer<Entry> each) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                Entry entry;
                try {
                    entry = read(in);
                } catch (EOFException end) {
                    break;
                }
                each.accept(entry);
            }
            Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("Directory attributes cannot be read back from " + file, failed);
        }
    }

    private static void write(DataOutputStream out, Entry entry) throws IOException {
        bytes(out, self(entry).path().toBytes());
        Inode inode = entry.inode();
        out.writeInt(inode.mode());
        out.writeInt(inode.uid());
        out.writeInt(inode.gid());
        for (Timestamp time : new Timestamp[] {inode.atime(), inode.mtime()}) {
            out.writeLong(time.seconds());
            out.writeInt(time.nanos());
        }
        Attributes attributes = entry.attributes();
        out.writeInt(attributes.flags());
        out.writeInt(attributes.projectId());
        out.writeInt(attributes.xattrs().size());
        for (Xattr xattr : attributes.xattrs()) {
            bytes(out, xattr.name());
            bytes(out, xattr.value());
        }
    }

    private static Entry read(DataInputStream in) throws IOException {
        Dir dir = TargetDirs.dirOf(bytes(in));
        int mode = in.readInt();
        int uid = in.readInt();
        int gid = in.readInt();
        Timestamp atime = new Timestamp(in.readLong(), in.readInt());
        Timestamp mtime = new Timestamp(in.readLong(), in.readInt());
        Inode inode = new Inode(
                new InodeId(0, 0, 0), mode, 2, uid, gid, 0, 0, 0, atime, mtime, Timestamp.EPOCH, Timestamp.EPOCH);
        int flags = in.readInt();
        int project = in.readInt();
        List<Xattr> xattrs = new ArrayList<>();
        for (int n = in.readInt(); n > 0; n--) {
            xattrs.add(new Xattr(bytes(in), bytes(in)));
        }
        return new Entry(dir, new byte[0], inode, new Attributes(new byte[0], xattrs, flags, project, null));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    /** Removes what is left of the temporary files. */
    @Override
    public synchronized void close() {
        byPlace.clear();
        if (folder == null) {
            return;
        }
        try {
            for (Path file : files.values()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException("Temporary files stay behind in " + folder, failed);
        }
    }
}
