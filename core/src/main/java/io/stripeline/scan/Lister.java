package io.stripeline.scan;

import io.stripeline.posix.DirEntries;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.Posix;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists one directory: a buffer of entries at a time. While all workers are busy it stats the names itself, straight
 * from the buffer; as soon as one waits it hands out what is left of the buffer in batches and asks for the next one, so
 * that a huge directory keeps everybody busy. Where enough batches wait, the listing itself goes back to the list.
 */
final class Lister {
    /** Names of one batch. */
    static final int BATCH = 64;
    /** About 4,000 names; a remote filesystem answers one request with one buffer. */
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Worker worker;
    private final Walk walk;
    private final Selection selection;
    private @Nullable ByteBuffer memory;
    private long address;
    private byte[] entries = new byte[0];

    // the batch that is being collected
    private byte[] names = new byte[BATCH * 32];
    private int nameBytes;
    private final byte[] rules = new byte[BATCH];
    private int count;

    Lister(Worker worker, Walk walk) {
        this.worker = worker;
        this.walk = walk;
        this.selection = walk.selection;
    }

    /** Lists to the end, or hands the rest over; gives the hold on the directory up or on. */
    void list(OpenDir dir) {
        boolean handedOver = false;
        try {
            handedOver = listUntilShared(dir);
        } finally {
            if (!handedOver) {
                dir.release();
            }
        }
    }

    private boolean listUntilShared(OpenDir dir) {
        if (memory == null) {
            memory = NativeMemory.allocate(BUFFER_BYTES);
            address = NativeMemory.address(memory);
            entries = new byte[BUFFER_BYTES];
        }
        while (!walk.cancelled) {
            int length = Posix.tryGetdents(dir.fd, address, BUFFER_BYTES);
            if (length <= 0) {
                if (length < 0) {
                    worker.fail(dir.dir, "readdir", -length);
                }
                break;
            }
            memory.get(0, entries, 0, length);
            if (handle(dir, length) && !walk.work.hasRoomForNames()) {
                worker.publish(List.of(new Work.Listing(dir)));
                return true;
            }
        }
        return false;
    }

    /** True where names were handed out. */
    private boolean handle(OpenDir dir, int length) {
        boolean everything = selection.isEverything();
        for (int at = 0; at < length && !walk.cancelled; ) {
            int recordLength = recordLength(at);
            int from = at + DirEntries.NAME;
            if (!isDots(from)) {
                int nameLength = nameLength(from, at + recordLength);
                byte rule = everything ? Selection.ROW : rule(dir, at, from, nameLength);
                if (rule != Selection.SKIP) {
                    worker.visit(dir, entries, from, nameLength, address + from, rule);
                    // names take about 32 bytes a record: a guess is good enough for how to share them
                    if (worker.isWanted((length - at) >> 5)) {
                        handOut(dir, at + recordLength, length);
                        return true;
                    }
                }
            }
            at += recordLength;
        }
        return false;
    }

    private void handOut(OpenDir dir, int start, int length) {
        boolean everything = selection.isEverything();
        int waiting = Math.max(1, walk.work.hunger());
        // slow calls: smaller batches, so that the names of a small directory are in flight together
        int most = worker.isSlow() ? Math.max(2, Math.min(BATCH, ((length - start) >> 5) / (waiting + 1))) : BATCH;
        List<Work.Names> batches = new ArrayList<>();
        for (int at = start; at < length; ) {
            int recordLength = recordLength(at);
            int from = at + DirEntries.NAME;
            if (!isDots(from)) {
                int nameLength = nameLength(from, at + recordLength);
                byte rule = everything ? Selection.ROW : rule(dir, at, from, nameLength);
                if (rule != Selection.SKIP) {
                    collect(from, nameLength, rule);
                    if (count == most) {
                        batches.add(batch(dir));
                    }
                }
            }
            at += recordLength;
        }
        if (count > 0) {
            batches.add(batch(dir));
        }
        worker.publish(batches);
    }

    private byte rule(OpenDir dir, int at, int from, int nameLength) {
        long ino = 0;
        for (int i = 7; i >= 0; i--) {
            ino = ino << 8 | entries[at + DirEntries.INO + i] & 0xFF;
        }
        return selection.rule(dir, ino, entries[at + DirEntries.TYPE], entries, from, nameLength);
    }

    private void collect(int from, int nameLength, byte rule) {
        if (nameBytes + nameLength + 1 > names.length) {
            names = Arrays.copyOf(names, 2 * names.length + nameLength);
        }
        System.arraycopy(entries, from, names, nameBytes, nameLength);
        nameBytes += nameLength;
        names[nameBytes++] = 0;
        rules[count++] = rule;
    }

    private Work.Names batch(OpenDir dir) {
        dir.hold();
        Work.Names batch = new Work.Names(dir, Arrays.copyOf(names, nameBytes), Arrays.copyOf(rules, count));
        nameBytes = 0;
        count = 0;
        return batch;
    }

    /** Little-endian, as all machines that the binding knows. */
    private int recordLength(int at) {
        return entries[at + DirEntries.RECORD_LENGTH] & 0xFF | (entries[at + DirEntries.RECORD_LENGTH + 1] & 0xFF) << 8;
    }

    private boolean isDots(int from) {
        return entries[from] == '.' && (entries[from + 1] == 0 || (entries[from + 1] == '.' && entries[from + 2] == 0));
    }

    /** Records are padded with NULs to 8 bytes: the name ends within the last 8. */
    private int nameLength(int from, int end) {
        int last = Math.max(from, end - 8);
        while (entries[last] != 0) {
            last++;
        }
        return last - from;
    }
}
