package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.inode.Dir;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.Content;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.Row;
import io.stripeline.snapshot.RowState;
import io.stripeline.snapshot.Rows;
import io.stripeline.snapshot.SnapshotReader;
import io.stripeline.snapshot.SnapshotSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One parent of a backup: a set, or what one crashed run left.
 *
 * <p>Rows of a directory come together, so the decoded rows of the last directories are kept: a look-up is then a
 * binary search in memory. A directory that was renamed since is found by its identity, and with it all below it: where
 * a directory was in the parent is remembered only where that is not its path now.
 */
final class ParentTree {
    private static final int DIRECTORIES = 512;
    /** Of the heap, what their rows may take; there are up to eight parents. */
    static final int PARTS_SHARE = 64;

    private static final int RENAMED = 1 << 16;

    /** A name in a directory: the row of a directory, whose {@link Dir} is not made yet. */
    private record Place(Dir dir, RawPath name) {}

    /** Where a directory was in the parent, and per shard the part of it that was used last. */
    private static final class Known {
        final RawPath path;
        final @Nullable Rows[] parts;
        final boolean[] absent;
        long weightBytes;

        Known(RawPath path, int shards) {
            this.path = path;
            this.parts = new Rows[shards];
            this.absent = new boolean[shards];
        }

        /** Weighs the parts anew: they grow with what is read of them. Answers by how much. */
        long grown() {
            long before = weightBytes;
            weightBytes = 0;
            for (Rows part : parts) {
                weightBytes += part == null ? 0 : part.weightBytes();
            }
            return weightBytes - before;
        }
    }

    private final String name;
    private final SnapshotSet set;
    private final List<SnapshotReader> shards;
    private final ParentBase.Devices devices;
    private final boolean ignoreCtime;
    private final Problems problems;
    private final Map<Dir, Known> directories = new LinkedHashMap<>(64, 0.75f, true);
    private final Map<Place, RawPath> renamed = eldestFirst(RENAMED);
    private final long mostBytes = Runtime.getRuntime().maxMemory() / PARTS_SHARE;
    private long heldBytes;
    private @Nullable Dir lastDir;
    private @Nullable Known last;

    ParentTree(String name, SnapshotSet set, ParentBase.Devices devices, boolean ignoreCtime, Problems problems) {
        this.name = name;
        this.set = set;
        this.shards = set.shards();
        this.devices = devices;
        this.ignoreCtime = ignoreCtime;
        this.problems = problems;
    }

    /** Weighs the directory that was used last, and gives up those that were not for the longest time. */
    private void weigh(Known known) {
        heldBytes += known.grown();
        for (Iterator<Known> eldest = directories.values().iterator(); heldBytes > mostBytes && eldest.hasNext(); ) {
            Known other = eldest.next();
            if (other != known) {
                heldBytes -= other.weightBytes;
                eldest.remove();
            }
        }
    }

    private static <K, V> Map<K, V> eldestFirst(int most) {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    void giveUp(FormatException damaged) {
        problems.add(new Problem(
                RawPath.ROOT,
                Problem.Severity.WARNING,
                "damaged parent",
                "The parent snapshot " + name + " cannot be used any further, what it knows is read again: "
                        + damaged.getMessage()));
    }

    /** What this parent knows of a row if the row is unchanged. */
    @Nullable
    ParentRow unchanged(InodeBatch batch, int row) {
        Dir dir = batch.dir(row);
        byte[] rowName = batch.name(row);
        boolean directory = ParentBase.isDirectory(batch, row);
        Known known = known(dir);
        for (int shard = 0; shard < shards.size(); shard++) {
            Rows rows = part(known, shard, rowName);
            int at = rows == null ? -1 : rows.find(rowName);
            if (rows != null && at >= 0 && isSameInode(batch, row, shards.get(shard), rows, at)) {
                return unchanged(batch, row, rows, at);
            }
        }
        if (directory && rowName.length > 0) {
            findRenamed(batch, row, dir, rowName);
        }
        return null;
    }

    private @Nullable Rows part(Known known, int shard, byte[] rowName) {
        Rows rows = known.parts[shard];
        if (!known.absent[shard] && (rows == null || !rows.covers(rowName))) {
            rows = shards.get(shard).part(known.path, rowName);
            known.parts[shard] = rows;
            known.absent[shard] = rows == null;
            weigh(known);
        }
        return rows;
    }

    private Known known(Dir dir) {
        Known known = last;
        if (dir == lastDir && known != null) {
            return known;
        }
        if (known != null) {
            weigh(known);
        }
        known = directories.get(dir);
        if (known == null) {
            known = new Known(pathInParent(dir), shards.size());
            directories.put(dir, known);
            if (directories.size() > DIRECTORIES) {
                Iterator<Known> eldest = directories.values().iterator();
                heldBytes -= eldest.next().weightBytes;
                eldest.remove();
            }
        }
        lastDir = dir;
        last = known;
        return known;
    }

    /** Where a directory was in the parent: its present path unless it, or one above it, is known to be renamed. */
    private RawPath pathInParent(Dir dir) {
        if (renamed.isEmpty()) {
            return dir.path();
        }
        ArrayDeque<byte[]> below = new ArrayDeque<>();
        Dir at = dir;
        for (Dir above = at.parent(); above != null; above = at.parent()) {
            RawPath was = renamed.get(new Place(above, RawPath.of(at.name())));
            if (was != null) {
                for (byte[] component : below) {
                    was = was.child(component);
                }
                return was;
            }
            below.push(at.name());
            at = above;
        }
        return dir.path();
    }

    private void findRenamed(InodeBatch batch, int row, Dir dir, byte[] rowName) {
        FileSystemId id = devices.id(batch.device(row));
        for (SnapshotReader shard : shards) {
            int number = shard.root().filesystems().indexOf(id);
            RawPath was = number < 0 ? null : shard.findDirectory(number, batch.idHigh(row), batch.idLow(row));
            if (was != null) {
                renamed.put(new Place(dir, RawPath.of(rowName)), was);
                return;
            }
        }
    }

    private boolean isSameInode(InodeBatch batch, int row, SnapshotReader shard, Rows rows, int at) {
        return rows.idLow(at) == batch.idLow(row)
                && rows.idHigh(at) == batch.idHigh(row)
                && shard.fileSystemId(rows.filesystem(at)).equals(devices.id(batch.device(row)));
    }

    private @Nullable ParentRow unchanged(InodeBatch batch, int row, Rows rows, int at) {
        boolean same = rows.mode(at) == batch.mode(row)
                && rows.sizeBytes(at) == batch.sizeBytes(row)
                && rows.mtimeSeconds(at) == batch.seconds(row, InodeBatch.MTIME)
                && rows.mtimeNanos(at) == batch.nanos(row, InodeBatch.MTIME)
                && (ignoreCtime
                        || (rows.ctimeSeconds(at) == batch.seconds(row, InodeBatch.CTIME)
                                && rows.ctimeNanos(at) == batch.nanos(row, InodeBatch.CTIME)));
        if (!same || !rows.hasContent() || !isGood(rows.state(at))) {
            return null;
        }
        Content content = rows.content(at);
        if (content.kind() == Content.Kind.LINK) {
            Row first = set.follow(content);
            if (first == null || !isGood(first.state())) {
                return null;
            }
            return new ParentRow(rows, at, first.content(), first);
        }
        return new ParentRow(rows, at, content, null);
    }

    private static boolean isGood(RowState state) {
        return state.outcome() == RowState.Kept.OK && state.settled();
    }
}
