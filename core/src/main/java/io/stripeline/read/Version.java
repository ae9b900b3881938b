package io.stripeline.read;

import io.stripeline.inode.Inode;
import io.stripeline.inode.Timestamp;
import java.nio.ByteBuffer;

/**
 * What tells an inode from another one that got its number after it, and its content from a later one: what a scan said
 * of both. The time of the inode's last change is no part of it: a new name changes it and leaves the content alone.
 *
 * @param btime {@link Timestamp#EPOCH} where the filesystem does not tell
 */
record Version(long sizeBytes, Timestamp mtime, Timestamp btime) {
    /** Length of {@link #put}. */
    static final int BYTES = 3 * Long.BYTES + 2 * Integer.BYTES;

    static Version of(Inode inode) {
        return new Version(inode.sizeBytes(), inode.mtime(), inode.btime());
    }

    void put(ByteBuffer to) {
        to.putLong(sizeBytes);
        to.putLong(mtime.seconds()).putInt(mtime.nanos());
        to.putLong(btime.seconds()).putInt(btime.nanos());
    }

    static Version get(ByteBuffer from) {
        long sizeBytes = from.getLong();
        Timestamp mtime = new Timestamp(from.getLong(), from.getInt());
        return new Version(sizeBytes, mtime, new Timestamp(from.getLong(), from.getInt()));
    }
}
