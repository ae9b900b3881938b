package io.stripeline.scan;

import io.stripeline.inode.Dir;
import io.stripeline.posix.Posix;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open directory, shared by whoever lists it, stats its names or is about to open a directory in it. The last one
 * to let go closes the descriptor.
 */
final class OpenDir {
    final Dir dir;
    final int fd;
    /** Of the directory itself, to see mount points below it. */
    final long device;
    /** Of the path, for the subtree shard. */
    final long pathHash;
    /** Rows of this directory belong to this shard. */
    final boolean owned;

    final int lane;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicInteger openCount;
    private byte[] prefix = new byte[0];

    OpenDir(Dir dir, int fd, long device, long pathHash, boolean owned, int lane, AtomicInteger openCount) {
        this.dir = dir;
        this.fd = fd;
        this.device = device;
        this.pathHash = pathHash;
        this.owned = owned;
        this.lane = lane;
        this.openCount = openCount;
        openCount.incrementAndGet();
    }

    void hold() {
        holders.incrementAndGet();
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            openCount.decrementAndGet();
            Posix.close(fd);
        }
    }

    /** The path with a slash at the end, empty for the root; built once, by the thread that lists. */
    byte[] prefix() {
        if (prefix.length == 0 && dir.depth() > 0) {
            byte[] path = dir.path().toBytes();
            prefix = java.util.Arrays.copyOf(path, path.length + 1);
            prefix[path.length] = '/';
        }
        return prefix;
    }
}
