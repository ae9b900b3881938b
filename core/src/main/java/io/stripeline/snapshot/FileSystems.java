package io.stripeline.snapshot;

import io.stripeline.FileSystemId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Numbers the filesystems of one tree: rows hold a number, the root the stable ids. Not thread-safe. */
public final class FileSystems {
    private final LongFunction<FileSystemId> byDevice;
    private final List<FileSystemId> ids = new ArrayList<>();
    private final Map<Long, Integer> numbers = new HashMap<>();
    private long lastDevice;
    private int lastNumber = -1;

    /**
     * @param top the filesystem that holds the root: number 0
     * @param byDevice the stable id of a device number of a row
     */
    public FileSystems(FileSystemId top, LongFunction<FileSystemId> byDevice) {
        this.byDevice = byDevice;
        ids.add(top);
    }

    /** The number of the filesystem of this device, a new one where it was not seen before. */
    public int number(long device) {
        if (lastNumber < 0 || lastDevice != device) {
            lastNumber = numbers.computeIfAbsent(device, this::add);
            lastDevice = device;
        }
        return lastNumber;
    }

    private int add(long device) {
        FileSystemId id = byDevice.apply(device);
        int known = ids.indexOf(id);
        if (known >= 0) {
            return known;
        }
        ids.add(id);
        return ids.size() - 1;
    }

    /** All ids seen so far, by number. */
    public List<FileSystemId> ids() {
        return List.copyOf(ids);
    }
}
