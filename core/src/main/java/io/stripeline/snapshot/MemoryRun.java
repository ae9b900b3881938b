package io.stripeline.snapshot;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The rows that are in memory, sorted directory by directory as they are asked for. */
final class MemoryRun extends RowRun {
    private final List<Map.Entry<byte[], RowBuffer>> directories;
    private int directory = -1;
    private int[] order = new int[0];
    private int at;

    /** The directories are in no order; nothing of them may change while this is used. */
    MemoryRun(List<Map.Entry<byte[], RowBuffer>> directories) {
        this.directories = directories;
        directories.sort((a, b) -> Arrays.compareUnsigned(a.getKey(), b.getKey()));
    }

    @Override
    boolean next() {
        while (at == order.length) {
            if (++directory >= directories.size()) {
                return false;
            }
            key = directories.get(directory).getKey();
            order = directories.get(directory).getValue().sorted();
            at = 0;
        }
        RowBuffer rows = directories.get(directory).getValue();
        bytes = rows.array();
        start = rows.start(order[at]);
        end = rows.end(order[at]);
        at++;
        locateName();
        return true;
    }
}
