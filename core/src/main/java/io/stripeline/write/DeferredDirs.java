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
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of directories, kept until everything below them is done: a directory's times change with each entry made
 * in it, and a read-only one takes no more entries.
 *
 * <p>They are given back by depth, deepest first; within one depth the order does not matter, so no sorting is needed
 * whatever their number. Beyond {@value #KEPT} they go to one temporary file per depth. Of one directory the entry
 * added last counts, since it comes back last; an implicit record never overrides an entry. Thread-safe.
 */
final class DeferredDirs implements AutoCloseable {
    /** Records in memory: a few hundred bytes each. */
    private static final int KEPT = 16_384;

    private final TreeMap<Integer, List<Entry>> byDepth = new TreeMap<>();
    private final TreeMap<Integer, Path> files = new TreeMap<>();
    private int kept;
    private @Nullable Path folder;

    /** A directory that was made because an entry below it came first: it gets these permissions unless its own come. */
    void addImplicit(Dir dir, int permissions, int uid, int gid) {
        Inode inode = new Inode(
                new InodeId(0, 0, 0),
                FileType.DIRECTORY.bits() | permissions,
                2,
                uid,
                gid,
                0,
                0,
                0,
                Timestamp.EPOCH,
                Timestamp.EPOCH,
                Timestamp.EPOCH,
                Timestamp.EPOCH);
        add(new Entry(dir, new byte[0], inode, Attributes.NONE));
    }

    /** A directory's entry; for the root of the tree its name is empty, for others {@code dir} may be itself or its parent. */
    synchronized void add(Entry entry) {
        Dir self = self(entry);
        // implicit ones come back first: a worker may tell of one after the directory's own entry was added
        int place = 2 * self.depth() + (isImplicit(entry) ? 1 : 0);
        byDepth.computeIfAbsent(place, none -> new ArrayList<>()).add(entry);
        if (++kept > KEPT) {
            spill();
        }
    }

    static Dir self(Entry entry) {
        return entry.name().length == 0 ? entry.dir() : entry.dir().child(entry.name());
    }

    /** True for a record of {@link #addImplicit}. */
    static boolean isImplicit(Entry entry) {
        return entry.inode().id().low() == 0 && entry.inode().mtime().equals(Timestamp.EPOCH);
    }

    /** Hands out all records, deepest directories first, and forgets them. */
    synchronized void drain(Consumer<Entry> each) {
        int deepest = Math.max(byDepth.isEmpty() ? -1 : byDepth.lastKey(), files.isEmpty() ? -1 : files.lastKey());
        for (int depth = deepest; depth >= 0; depth--) {
            Path file = files.remove(depth);
            if (file != null) {
                read(file, each);
            }
            List<Entry> entries = byDepth.remove(depth);
            if (entries != null) {
                entries.forEach(each);
            }
        }
        kept = 0;
    }

    private void spill() {
        try {
            Path below = folder == null ? Files.createTempDirectory("stripeline-dirs-") : folder;
            folder = below;
            for (var of : byDepth.entrySet()) {
                Path file = files.computeIfAbsent(of.getKey(), depth -> below.resolve("depth-" + depth));
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
        byDepth.clear();
        kept = 0;
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
        out.writeLong(inode.id().low());
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
        long low = in.readLong();
        int mode = in.readInt();
        int uid = in.readInt();
        int gid = in.readInt();
        Timestamp atime = new Timestamp(in.readLong(), in.readInt());
        Timestamp mtime = new Timestamp(in.readLong(), in.readInt());
        Inode inode = new Inode(
                new InodeId(0, 0, low), mode, 2, uid, gid, 0, 0, 0, atime, mtime, Timestamp.EPOCH, Timestamp.EPOCH);
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
        byDepth.clear();
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
