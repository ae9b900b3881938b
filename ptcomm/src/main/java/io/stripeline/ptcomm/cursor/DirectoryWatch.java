package io.stripeline.ptcomm.cursor;

import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.Gate;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Notes each directory that a scan is about to enter: for the next job's cursor, and to find those that were renamed since
 * the base job. A gate and not a stage, since a shard enters directories whose rows are another shard's. Thread-safe.
 */
public final class DirectoryWatch implements Gate {
    private final Gate rules;
    private final RawPath root;
    private final TreeDevices devices;
    private final @Nullable SinceBase since;
    private final @Nullable CursorWriter cursor;

    /**
     * @param rules decides; this one only looks
     * @param root absolute path of the tree
     * @param devices of the tree
     * @param since what has not changed since the base job; null where there is none
     * @param cursor of this job; null where none is kept
     */
    public DirectoryWatch(
            Gate rules, RawPath root, TreeDevices devices, @Nullable SinceBase since, @Nullable CursorWriter cursor) {
        this.rules = rules;
        this.root = root;
        this.devices = devices;
        this.since = since;
        this.cursor = cursor;
    }

    @Override
    public void ask(InodeBatch rows, BitSet taken, BitSet entered) {
        rules.ask(rows, taken, entered);
        for (int row = taken.nextSetBit(0); row >= 0; row = taken.nextSetBit(row + 1)) {
            if (FileType.of(rows.mode(row)) == FileType.DIRECTORY) {
                note(rows, row);
            }
        }
    }

    private void note(InodeBatch rows, int row) {
        long filesystem = devices.key(rows.device(row));
        if (since != null) {
            since.directory(rows, row, filesystem);
        }
        if (cursor != null) {
            cursor.directory(
                    rows.idHigh(row) ^ filesystem,
                    rows.idLow(row),
                    root.child(rows.path(row).toBytes()));
        }
    }
}
