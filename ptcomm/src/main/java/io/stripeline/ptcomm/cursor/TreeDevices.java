package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * The filesystems of one tree, as numbers that tell a directory of one from a directory of another: 0 for that of the
 * tree's top, so that most directories are told by their inode alone. Stable over boots. Thread-safe.
 */
public final class TreeDevices {
    private final FileSystemId top;
    private final LongFunction<FileSystemId> ids;
    private final ConcurrentHashMap<Long, Long> keys = new ConcurrentHashMap<>();

    private TreeDevices(FileSystemId top, LongFunction<FileSystemId> ids) {
        this.top = top;
        this.ids = ids;
    }

    /** Those that a walk of this volume meets. */
    public static TreeDevices of(Volume volume) {
        return new TreeDevices(volume.fileSystemId(), volume::fileSystemId);
    }

    /** The number of the filesystem with this {@code st_dev}. The first call for one may block. */
    long key(long device) {
        Long known = keys.get(device);
        return known != null ? known : keys.computeIfAbsent(device, this::look);
    }

    private long look(long device) {
        FileSystemId id;
        try {
            id = ids.apply(device);
        } catch (IllegalArgumentException gone) {
            return device; // unmounted since: no cursor knows it by that, so more is sent
        }
        return id.equals(top) ? 0 : PathHash.ofBytes(id.toBytes());
    }
}
