package io.stripeline.ptcomm;

import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.write.Fate;
import io.stripeline.write.Fates;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reports to the plugin what became of each item of a restore that is not answered block by block; in other restores there
 * is nothing to report. The writer tells it of entries, which are the items that went downstream.
 *
 * <p>Results are gathered while more is to be read, so that they travel together. All that the plugin may wait for is on
 * its way as soon as nothing is in work. Thread-safe; blocks while the plugin does not read.
 */
public final class RestoreResults implements Fates {
    /** Most items that a plugin may have under way. */
    private static final int ITEMS = 4096;

    /** Results that go out together while there is more to do. */
    private static final int GATHERED = 256;

    private static final int RESULT_BYTES = Long.BYTES + 1;

    private final BackendSession session;
    private final boolean reports;
    private final Map<Long, Long> items = new HashMap<>();
    private long entries;
    private int unreported;
    private int gathered;
    private boolean readerWaits;
    /** Why the plugin cannot be told any more: the reader's error, since it is the one who ends the restore. */
    private @Nullable IOException broken;

    public RestoreResults(BackendSession session) {
        this.session = session;
        this.reports =
                session.extensions().has(Cap.ASYNC) && session.extensions().has(Cap.BATCH);
    }

    /** Whether the items of this session are reported, rather than answered. */
    boolean reports() {
        return reports;
    }

    /** An item has begun. */
    synchronized void begun() {
        if (++unreported > ITEMS) {
            throw new ProtocolException(
                    "More than " + ITEMS + " items were sent before the first of them was reported");
        }
    }

    /** An item goes downstream as the next entry. */
    synchronized void sent(long item) {
        items.put(++entries, item);
    }

    @Override
    public synchronized void decided(long entry, Fate fate) {
        if (!reports) {
            return;
        }
        Long item = items.remove(entry);
        if (item == null) {
            throw new IllegalStateException("Entry " + entry + " has no item that waits for its result");
        }
        try {
            report(item, fate);
        } catch (IOException gone) {
            broken = gone;
        }
    }

    /** Reports an item of which nothing went downstream, or that is done. */
    synchronized void report(long item, Fate fate) throws IOException {
        byte code = switch (fate) {
            case RESTORED -> BatchRecord.DONE;
            case SKIPPED -> BatchRecord.SKIPPED;
            case FAILED -> BatchRecord.FAILED;
        };
        session.put(
                out -> out.record(RecordType.RESULT, RESULT_BYTES).putLong(item).put(code));
        unreported--;
        gathered++;
        if (gathered >= GATHERED) {
            flush();
        } else {
            flushIfIdle();
        }
    }

    /** Nothing is left to read for now: the plugin may be waiting. */
    synchronized void readerWaits() throws IOException {
        if (broken != null) {
            throw broken;
        }
        readerWaits = true;
        flushIfIdle();
    }

    synchronized void readerGoesOn() {
        readerWaits = false;
    }

    private void flushIfIdle() throws IOException {
        if (readerWaits && unreported == 0 && gathered > 0) {
            flush();
        }
    }

    private void flush() throws IOException {
        gathered = 0;
        session.flush();
    }
}
