package io.stripeline.flow;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of one job, added to by its stages and looked at by whoever shows progress. All methods may be called from
 * any thread; values seen are a moment ago.
 */
public final class Progress {
    /** What is counted. */
    public enum Counter {
        /** Rows that the scan gave. */
        SCANNED,
        /** Directories among them. */
        DIRECTORIES,
        /** Sum of the sizes of regular files among them, each inode of several names once per name. */
        SCANNED_BYTES,
        /** Entries that passed the last stage, whatever their outcome. */
        ENTRIES,
        /** Entries unchanged against the base. */
        UNCHANGED,
        /** Sum of their sizes. */
        UNCHANGED_BYTES,
        /** Entries that changed while they were read. */
        CHANGED,
        /** Entries, and directories not listed, that failed. */
        FAILED,
        /** Names that vanished between scan and read. */
        VANISHED,
        /** Names left out on purpose: own store, other filesystems, kinds that cannot be restored. */
        SKIPPED,
        /** Content bytes read from, or written to, the filesystem. */
        BYTES,
        /** Bytes added to the destination, after dedup and compression. */
        STORED_BYTES
    }

    private final LongAdder[] counters = new LongAdder[Counter.values().length];

    public Progress() {
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new LongAdder();
        }
    }

    public void add(Counter counter, long n) {
        counters[counter.ordinal()].add(n);
    }

    public long get(Counter counter) {
        return counters[counter.ordinal()].sum();
    }
}
