package io.stripeline.read;

import io.stripeline.flow.Item;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Stopped;
import io.stripeline.slab.Slab;
import org.jspecify.annotations.Nullable;

/** One read of a large file: a slab, taken before, and the range that fills it. Its turn's lock guards the result. */
final class Block implements Runnable {
    private final EntryTurn turn;
    private final ContentSource.OpenFile file;
    private final Progress progress;
    private final Slab slab;
    private final long offset;
    private final int length;
    private int got;
    private boolean done;
    private @Nullable RuntimeException failure;

    Block(EntryTurn turn, ContentSource.OpenFile file, Progress progress, Slab slab, long offset, int length) {
        this.turn = turn;
        this.file = file;
        this.progress = progress;
        this.slab = slab;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public void run() {
        int count = 0;
        RuntimeException reason = null;
        try {
            count = turn.isClosed() ? 0 : fill(new Retry(turn), file, slab, offset, length);
            progress.add(Progress.Counter.BYTES, count);
        } catch (RuntimeException failed) {
            reason = failed;
        } catch (Error broken) {
            reason = new Stopped("Reading", broken);
        }
        synchronized (turn) {
            got = count;
            failure = reason;
            done = true;
            turn.completed(this);
        }
    }

    /** Reads {@code length} bytes, going on after short reads; fewer only at the end of the file. */
    static int fill(Retry retry, ContentSource.OpenFile file, Slab slab, long offset, int length) {
        int filled = 0;
        while (filled < length) {
            int from = filled;
            int count = retry.call(() -> file.read(slab.address() + from, length - from, offset + from));
            if (count <= 0) {
                break;
            }
            filled += count;
        }
        slab.buffer().limit(filled);
        return filled;
    }

    boolean isDone() {
        return done;
    }

    boolean isShort() {
        return got < length;
    }

    /** First byte of the file that it did not give. */
    long end() {
        return offset + got;
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** What it read, owned by the caller; null where that is nothing. Once. */
    @Nullable
    Item take() {
        return got > 0 ? new Item.Data(offset, slab) : drop();
    }

    /** Gives the slab back. Once. */
    @Nullable
    Item drop() {
        slab.release();
        return null;
    }
}
