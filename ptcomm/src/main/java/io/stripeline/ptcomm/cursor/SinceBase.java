package io.stripeline.ptcomm.cursor;

import io.stripeline.flow.Base;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.spill.InodeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What has not changed since the base job, by times, for filesystems that keep no log of changes: a row whose mtime and
 * ctime are older than the base job's start by more than the clock's granularity, that the base job could read, and that
 * lies below no directory which is new or was renamed since. A rename changes the inode of the directory, not what is
 * below it; so directories are compared with those that the base job saw. They are told by {@link #directory}, before
 * what is below them is asked about: a shard enters directories whose rows belong to another one.
 *
 * <p>What is mounted, or uncovered by an unmount, since the base job is as old as it was before: where something is mounted
 * below the tree now, or was then, each directory is looked up, however old it is; so are those of other filesystems than
 * the tree's, by filesystem and inode.
 *
 * <p>Without a cursor, a directory whose inode changed and whose content did not is taken for renamed, and one of another
 * filesystem for mounted since. Thread-safe.
 */
public final class SinceBase implements Base {
    private static final Known KNOWN = new Known() {};
    private static final String UNREADABLE = "The cursor of the base job cannot be read";

    private final RawPath root;
    private final long beforeSeconds;
    private final @Nullable JobCursor cursor;
    private final Path spill;
    private final PathHash hash = new PathHash();

    /** Directories below which everything is sent, by hash of their path. */
    private @Nullable InodeTable moved;

    private @Nullable Dir lastDir;
    private boolean lastMoved;

    /** Nothing that the base job did is of use. */
    private boolean all;

    /** Each directory is looked up. */
    private boolean anyMounts;

    /**
     * @param root absolute path of the tree
     * @param sinceSeconds start of the base job; the cursor's own start counts where it is earlier
     * @param granularity of the filesystem's clock
     * @param cursor of the base job, closed with this; null where there is none
     * @param spill directory for what does not fit into memory
     */
    public SinceBase(RawPath root, long sinceSeconds, Duration granularity, @Nullable JobCursor cursor, Path spill) {
        this.root = root;
        this.cursor = cursor;
        this.spill = spill;
        long start = cursor == null ? sinceSeconds : Math.min(sinceSeconds, cursor.startSeconds());
        this.beforeSeconds = start - Math.max(2, granularity.plusMillis(999).toSeconds());
    }

    /** From now on nothing is known: everything is sent. */
    public synchronized void knowNothing() {
        all = true;
    }

    /** Something is mounted below the tree, or was when the base job ran. */
    public synchronized void expectMounts() {
        anyMounts = true;
    }

    @Override
    public synchronized @Nullable Known unchanged(InodeBatch batch, int row) {
        try {
            return !all
                            && isOld(batch, row)
                            && !isMoved(batch.dir(row))
                            && !isMovedItself(batch, row)
                            && !isAgain(batch, row)
                    ? KNOWN
                    : null;
        } catch (IOException failed) {
            throw new UncheckedIOException(UNREADABLE, failed);
        }
    }

    /**
     * A directory is about to be entered.
     *
     * @param filesystem its key among {@link TreeDevices}
     */
    synchronized void directory(InodeBatch batch, int row, long filesystem) {
        try {
            if (!all && !isMoved(batch.dir(row))) {
                look(batch, row, filesystem);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(UNREADABLE, failed);
        }
    }

    private boolean isOld(InodeBatch batch, int row) {
        return batch.seconds(row, InodeBatch.CTIME) < beforeSeconds
                && batch.seconds(row, InodeBatch.MTIME) < beforeSeconds;
    }

    private boolean isAgain(InodeBatch batch, int row) throws IOException {
        return cursor != null && cursor.hasAgain() && cursor.isAgain(path(batch, row));
    }

    private RawPath path(InodeBatch batch, int row) {
        return root.child(batch.path(row).toBytes());
    }

    /** Remembers a directory below which times tell nothing. */
    private void look(InodeBatch batch, int row, long filesystem) throws IOException {
        boolean old = isOld(batch, row);
        boolean doubted = !old || anyMounts || filesystem != 0;
        RawPath path = null;
        boolean everything;
        if (cursor == null) {
            everything = filesystem != 0 || !old && batch.seconds(row, InodeBatch.MTIME) < beforeSeconds;
        } else if (!doubted && !cursor.hasAgain()) {
            return;
        } else {
            path = path(batch, row);
            everything = cursor.isAgain(path)
                    || doubted && !cursor.knowsDirectory(batch.idHigh(row) ^ filesystem, batch.idLow(row), path);
        }
        if (everything) {
            put(key(path == null ? path(batch, row) : path));
            lastDir = null;
        }
    }

    private void put(InodeId directory) {
        try {
            if (moved == null) {
                moved = InodeTable.open(spill);
            }
            moved.put(directory, new InodeTable.Value(0, 0));
        } catch (IOException failed) {
            throw notKept(failed);
        }
    }

    private UncheckedIOException notKept(IOException failed) {
        return new UncheckedIOException("Directories that were renamed cannot be kept in " + spill, failed);
    }

    private InodeId key(RawPath path) {
        return new InodeId(0, 0, hash.of(path));
    }

    /** A mount point's own row is as old as what is below it. */
    private boolean isMovedItself(InodeBatch batch, int row) {
        return moved != null && FileType.of(batch.mode(row)) == FileType.DIRECTORY && isKept(moved, path(batch, row));
    }

    private boolean isMoved(Dir dir) {
        if (moved == null) {
            return false;
        }
        if (dir != lastDir) {
            lastMoved = isBelowMoved(moved, dir);
            lastDir = dir;
        }
        return lastMoved;
    }

    private boolean isBelowMoved(InodeTable table, Dir dir) {
        for (Dir at = dir; at != null; at = at.parent()) {
            if (isKept(table, root.child(at.path().toBytes()))) {
                return true;
            }
        }
        return false;
    }

    private boolean isKept(InodeTable table, RawPath path) {
        try {
            return table.get(key(path)) != null;
        } catch (IOException failed) {
            throw notKept(failed);
        }
    }

    @Override
    public synchronized void close() {
        if (moved != null) {
            moved.close();
            moved = null;
        }
        if (cursor != null) {
            cursor.close();
        }
    }
}
