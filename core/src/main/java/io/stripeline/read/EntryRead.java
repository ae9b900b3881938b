package io.stripeline.read;

import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry, on one thread: from open to the second look at its inode. What goes wrong with the entry becomes its
 * outcome; anything else ends the job.
 */
final class EntryRead implements Runnable {
    private final ReadAhead ahead;
    private final Entry scanned;
    private final EntryTurn turn;
    private final Retry retry;
    private final List<Item> items = new ArrayList<>(3);

    /** What was sent as begun, null before. */
    private @Nullable Inode begun;

    /** What is missing of its attributes. */
    private @Nullable PartialAttributesException partial;

    /** Of attributes that are many, until they are sent. */
    private AttributeRoom.Hold hold = AttributeRoom.Hold.NONE;

    private boolean ended;

    EntryRead(ReadAhead ahead, Entry scanned, EntryTurn turn) {
        this.ahead = ahead;
        this.scanned = scanned;
        this.turn = turn;
        this.retry = new Retry(turn);
    }

    @Override
    public void run() {
        RuntimeException fatal = null;
        try {
            if (!turn.isClosed()) {
                read();
            }
        } catch (PosixException failed) {
            failed(failed);
        } catch (RuntimeException bug) {
            fatal = bug;
        } catch (Error broken) {
            fatal = new Stopped("Reading " + scanned, broken);
        } finally {
            hold.release();
            turn.put(items);
            turn.finish(fatal);
        }
    }

    private void read() {
        if (!scanned.inode().isRegular()) {
            readAttributes();
            return;
        }
        try {
            readFile();
        } catch (PosixException stale) {
            if (begun != null || stale.errno() != Errno.ESTALE) {
                throw stale;
            }
            readFile(); // the handle was of a file that was replaced on the server; the name leads to the new one
        }
    }

    private void readAttributes() {
        Instant now = ahead.now();
        Attributes attributes = attributes(() -> ahead.content().attributes(scanned, this::askForRoom));
        begin(scanned.with(attributes));
        end(scanned.inode(), Outcome.OK, now);
    }

    private void readFile() {
        Instant now = ahead.now(); // before open: a driver may look at the inode there
        try (ContentSource.OpenFile file = retry.call(() -> ahead.content().open(scanned))) {
            Inode before = retry.call(file::inode);
            Attributes attributes = attributes(() -> file.attributes(this::askForRoom));
            begin(new Entry(scanned.dir(), scanned.name(), before, attributes));
            long covered = new FileCopy(ahead, turn, retry, items, file, attributes.layout()).copy(before.sizeBytes());
            if (!turn.isClosed()) {
                Inode after = before.sizeBytes() == 0 ? before : retry.call(file::inode);
                end(Stability.withSize(after, covered), Stability.compare(before, after, covered), now);
            }
        }
    }

    private Attributes attributes(Supplier<Attributes> call) {
        try {
            return retry.call(call);
        } catch (PartialAttributesException some) {
            partial = some;
            return some.kept();
        }
    }

    /** Of all entries that are read ahead only the first may hold much. */
    private void askForRoom() {
        if (hold == AttributeRoom.Hold.NONE) {
            if (!turn.awaitHead()) {
                throw new CancellationException(scanned + " is not wanted any more");
            }
            hold = ahead.attributeRoom().take(AttributeRoom.MOST_BYTES);
        }
    }

    private void begin(Entry entry) {
        begun = entry.inode();
        items.add(new Item.Begin(entry, hold));
        hold = AttributeRoom.Hold.NONE;
    }

    private void end(Inode inode, Outcome outcome, Instant now) {
        ended = true;
        boolean ok = outcome instanceof Outcome.Ok && partial == null;
        items.add(new Item.End(inode, outcome, ok && Stability.isSettled(inode, now, ahead.granularity())));
        ahead.progress().add(Counter.ENTRIES, 1);
        if (outcome instanceof Outcome.Changed changed) {
            ahead.progress().add(Counter.CHANGED, 1);
            ahead.problems().add(Failures.changed(scanned.path(), changed));
        }
        PartialAttributesException some = partial;
        if (some != null) {
            ahead.problems().add(Failures.partial(scanned.path(), some));
        }
    }

    private void failed(PosixException failure) {
        PosixException cause = failure.at(scanned.path().toString()); // calls tell of a descriptor or a last component
        boolean vanished = begun == null && cause.errno() == Errno.ENOENT;
        if (turn.isClosed()) {
            return;
        }
        if (ended) { // close(2) failed: the bytes were read and the inode did not change
            ahead.problems().add(Failures.warning(scanned.path(), cause));
            return;
        }
        if (vanished) {
            ahead.vanished(scanned.path());
        } else {
            ahead.progress().add(Counter.FAILED, 1);
        }
        if (!vanished) {
            ahead.problems().add(Failures.failed(scanned.path(), cause));
        } else if (!scanned.inode().isDirectory()) {
            return;
        }
        ahead.progress().add(Counter.ENTRIES, 1);
        if (begun == null) {
            begin(scanned);
        }
        Inode inode = begun == null ? scanned.inode() : begun;
        items.add(new Item.End(inode, vanished ? new Outcome.Vanished() : new Outcome.Failed(cause), false));
    }
}
