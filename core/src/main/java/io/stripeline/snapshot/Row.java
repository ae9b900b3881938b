package io.stripeline.snapshot;

import io.stripeline.FileSystemId;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import java.util.Arrays;

/** One row of a snapshot where it stands. Immutable; details are decoded when asked for. */
public final class Row {
    private final SnapshotReader snapshot;
    private final byte[] key;
    private final Dir dir;
    private final Rows rows;
    private final int index;

    Row(SnapshotReader snapshot, byte[] key, Dir dir, Rows rows, int index) {
        this.snapshot = snapshot;
        this.key = key;
        this.dir = dir;
        this.rows = rows;
        this.index = index;
    }

    /** The snapshot, of a set the shard, that holds the row. */
    public SnapshotReader snapshot() {
        return snapshot;
    }

    /** The directory that holds the name; one object for consecutive rows of one directory. */
    public Dir dir() {
        return dir;
    }

    /** The part that holds the row, and {@link #index} in it. */
    public Rows rows() {
        return rows;
    }

    public int index() {
        return index;
    }

    /** Empty for the root of the tree. A new array. */
    public byte[] name() {
        return rows.name(index);
    }

    public RawPath path() {
        return dir.path(name());
    }

    public boolean isDirectory() {
        return rows.isDirectory(index);
    }

    /** See {@link Rows#inode}. */
    public Inode inode() {
        return rows.inode(index);
    }

    public FileSystemId fileSystemId() {
        return snapshot.fileSystemId(rows.filesystem(index));
    }

    /** With attributes; reads the blobs of long values. */
    public Entry entry() {
        return new Entry(dir, name(), inode(), rows.attributes(index));
    }

    public Content content() {
        return rows.content(index);
    }

    public RowState state() {
        return rows.state(index);
    }

    /** Where a link's content is: the path that it names. */
    public RawPath linkTarget() {
        return Keys.path(content().linkKey(snapshot.blobs()));
    }

    byte[] directoryKey() {
        return key;
    }

    /** By directory key, then name: the order of all streams of rows. */
    int compareTo(Row other) {
        int byKey = key == other.key ? 0 : Arrays.compareUnsigned(key, other.key);
        return byKey != 0 ? byKey : rows.compareName(index, other.rows, other.index);
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
