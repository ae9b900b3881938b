package io.stripeline.snapshot;

import io.stripeline.FileSystemId;
import io.stripeline.inode.RawPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds and streams the rows of one snapshot. Thread-safe; blocks while it reads blobs. Keeps decoded nodes and parts
 * up to a few MiB; owns nothing that needs closing.
 */
public final class SnapshotReader {
    private static final long NODE_CACHE_BYTES = 16 << 20;
    private static final long ROWS_CACHE_BYTES = 16 << 20;

    private final BlobSource blobs;
    private final SnapshotRoot root;
    private final List<Table> directories = new ArrayList<>();
    private final List<Table> inodes = new ArrayList<>();
    private final Cache<List<BlobId>, Rows> parts;

    private SnapshotReader(BlobSource blobs, SnapshotRoot root, long cacheBytes) {
        this.blobs = blobs;
        this.root = root;
        Cache<BlobId, TableNode> nodes = new Cache<>(Math.min(NODE_CACHE_BYTES, cacheBytes / 2), TableNode::weight);
        this.parts = new Cache<>(Math.min(ROWS_CACHE_BYTES, cacheBytes / 2), Rows::weight);
        for (Tables tables : root.tables()) {
            directories.add(new Table(tables.directories(), blobs, nodes));
            inodes.add(new Table(tables.inodes(), blobs, nodes));
        }
    }

    /** Opens a snapshot; reads nothing yet. */
    public static SnapshotReader open(BlobSource blobs, SnapshotRoot root) {
        return new SnapshotReader(blobs, root, Runtime.getRuntime().maxMemory() / 8);
    }

    public SnapshotRoot root() {
        return root;
    }

    BlobSource blobs() {
        return blobs;
    }

    List<Table> directoryTables() {
        return directories;
    }

    List<Table> inodeTables() {
        return inodes;
    }

    /** The stable id of a filesystem number of a row. */
    public FileSystemId fileSystemId(int number) {
        if (number < 0 || number >= root.filesystems().size()) {
            throw new FormatException("Damaged snapshot data: a row on filesystem " + number + " of "
                    + root.filesystems().size());
        }
        return root.filesystems().get(number);
    }

    LayeredCursor cursor(byte[] from) {
        return new LayeredCursor(directories, from);
    }

    /** Opens a part from its value in the table. */
    Rows open(Decoder value) {
        int start = value.position();
        int end = start + value.remaining();
        Part part = Part.decode(new Decoder(value.array(), start, end));
        if (part.is(PartWriter.INLINE_ROWS)) {
            return part.open(blobs);
        }
        List<BlobId> ids = part.blobs(blobs);
        return parts.get(
                ids,
                missing -> Part.decode(new Decoder(value.array(), start, end)).open(blobs));
    }

    /** The part of the directory of {@code key} that holds {@code name} if any does; null where there is none. */
    @Nullable
    Rows part(byte[] key, byte[] name) {
        for (Table table : directories) {
            Table.Found first = table.find(key);
            if (first == null) {
                continue;
            }
            if (first.isMark()) {
                return null;
            }
            Decoder value = first.value();
            if (!Part.decode(first.value()).is(PartWriter.MORE)) {
                return open(value);
            }
            Table.Found floor = table.floor(Keys.part(key, name, 0, name.length));
            boolean further = floor != null && Keys.directoryLength(floor.node().key(floor.index())) == key.length;
            return open(further && floor != null ? floor.value() : value);
        }
        return null;
    }

    /**
     * The rows of a directory among which {@code name} stands if it is there: for look-ups of many names in a row.
     *
     * @return null where the snapshot has no row in that directory
     */
    public @Nullable Rows part(RawPath directory, byte[] name) {
        return part(Keys.of(directory), name);
    }

    /** The row of a path; null where there is none. */
    public @Nullable Row find(RawPath path) {
        byte[] key = Keys.of(path.parent());
        byte[] name = path.name();
        Rows rows = part(key, name);
        int at = rows == null ? -1 : rows.find(name);
        return rows == null || at < 0 ? null : new Row(this, key, Keys.directory(key), rows, at);
    }

    /** Where the snapshot had the directory of this identity; null where it had none. */
    public @Nullable RawPath findDirectory(int filesystem, long high, long low) {
        byte[] key = Keys.inode(filesystem, high, low);
        for (Table table : inodes) {
            Table.Found found = table.find(key);
            if (found != null) {
                if (found.isMark()) {
                    return null;
                }
                Decoder value = found.value();
                if (value.u8() != 1) {
                    throw value.broken("unknown entry of the inode table; use a newer program");
                }
                return Keys.path(value.take(value.remaining()));
            }
        }
        return null;
    }

    /** The row of a path and all rows below it; nothing where the path is not there. Reads nothing yet. */
    public RowStream rows(RawPath from) {
        RowStream all = new TableRows(this, Keys.of(from), true);
        return from.isRoot() ? all : new Below(from, all);
    }

    /** Only the rows in one directory, not those below; the root's own row comes first in the root. */
    public RowStream list(RawPath directory) {
        return new TableRows(this, Keys.of(directory), false);
    }

    /** Directories that could not be listed to their end. Reads the whole table. */
    public List<RawPath> incompleteDirectories(int most) {
        List<RawPath> out = new ArrayList<>();
        LayeredCursor cursor = cursor(new byte[0]);
        for (TableCursor part = cursor.current(); part != null && out.size() < most; part = cursor.current()) {
            if (Part.decode(part.value()).is(PartWriter.INCOMPLETE)) {
                RawPath path = Keys.path(Arrays.copyOf(part.key(), Keys.directoryLength(part.key())));
                if (out.isEmpty() || !out.get(out.size() - 1).equals(path)) {
                    out.add(path);
                }
            }
            cursor.advance();
        }
        return out;
    }

    /** True where the directory was recorded as not listed to its end. */
    public boolean isIncomplete(RawPath directory) {
        byte[] key = Keys.of(directory);
        for (Table table : directories) {
            Table.Found found = table.find(key);
            if (found != null) {
                return !found.isMark() && Part.decode(found.value()).is(PartWriter.INCOMPLETE);
            }
        }
        return false;
    }

    /** The row of a path, then those below it; they are there though it may be damaged. */
    private final class Below implements RowStream {
        private final RawPath path;
        private final RowStream below;
        private boolean begun;
        private boolean ended;

        Below(RawPath path, RowStream below) {
            this.path = path;
            this.below = below;
        }

        @Override
        public @Nullable Row next() {
            if (!begun) {
                begun = true;
                Row top = top();
                ended = top == null || !top.isDirectory();
                return top;
            }
            return ended ? null : below.next();
        }

        private @Nullable Row top() {
            try {
                return find(path);
            } catch (FormatException damaged) {
                throw MissingRowsException.of(Keys.of(path.parent()), damaged);
            }
        }
    }
}
