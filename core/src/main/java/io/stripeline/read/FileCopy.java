package io.stripeline.read;

import io.stripeline.flow.Item;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.layout.Extent;
import io.stripeline.layout.Layout;
import io.stripeline.slab.Slab;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of one open file, in pieces of at most one slab: by the calling thread where the file is small, else by a
 * window of blocks, each read by the next free thread.
 *
 * <p>The slab comes first, then the read. What is ready is handed over before a slab is waited for, since the one who
 * must release that slab may be waiting for it.
 */
final class FileCopy {
    /** Reads under way and pieces held a stripe: two keep every target busy, two more hide the way to the sink. */
    private static final int WORKERS_PER_STRIPE = 2;

    private static final int WINDOW_PER_STRIPE = 4;

    private final ReadAhead ahead;
    private final EntryTurn turn;
    private final Retry retry;
    private final List<Item> items;
    private final ContentSource.OpenFile file;
    private final int stripes;

    FileCopy(
            ReadAhead ahead,
            EntryTurn turn,
            Retry retry,
            List<Item> items,
            ContentSource.OpenFile file,
            @Nullable Layout layout) {
        this.ahead = ahead;
        this.turn = turn;
        this.retry = retry;
        this.items = items;
        this.file = file;
        this.stripes = layout instanceof Layout.Striped striped
                ? striped.stripeCount()
                : ahead.spec().stripes();
    }

    /** Copies the first {@code size} bytes and returns how many there were. */
    long copy(long size) {
        boolean blocks = size > (long) ahead.spec().smallSlabs() * ahead.slabs().slabBytes();
        try {
            return copy(size, blocks);
        } finally {
            if (blocks) {
                turn.awaitBlocks();
            }
        }
    }

    private long copy(long size, boolean blocks) {
        long at = 0;
        while (at < size && !turn.isClosed()) {
            long from = at;
            Extent extent = retry.call(() -> file.extent(from, size));
            long end = Math.min(size, extent.end());
            if (end <= at) {
                throw new IllegalStateException("The driver answers " + extent + " where " + at + " was asked");
            }
            if (extent.hole()) {
                end = end < size
                        ? end
                        : Math.max(at, Math.min(size, retry.call(file::inode).sizeBytes()));
                hole(at, end, blocks);
                at = end;
                if (extent.end() >= size) {
                    break; // at the size, or where the file was cut off meanwhile
                }
            } else {
                at = blocks ? issue(at, end) : read(at, end);
                if (at < end) {
                    break;
                }
            }
        }
        if (!blocks) {
            return at;
        }
        turn.awaitBlocks();
        return turn.covered(at);
    }

    private void hole(long from, long end, boolean blocks) {
        if (end > from && (!blocks || room())) {
            items.add(new Item.Hole(from, end - from));
            if (blocks) {
                handOver();
            }
        }
    }

    /** Reads a data extent here; returns where the data ended. */
    private long read(long from, long end) {
        long at = from;
        while (at < end) {
            Slab slab = slab();
            if (slab == null) {
                return at;
            }
            int want = (int) Math.min(end - at, ahead.slabs().slabBytes());
            int got = filled(slab, at, want);
            if (got > 0) {
                items.add(new Item.Data(at, slab));
            } else {
                slab.release();
            }
            at += got;
            if (got < want) {
                return at;
            }
        }
        return at;
    }

    private int filled(Slab slab, long at, int want) {
        boolean read = false;
        try {
            int got = Block.fill(retry, file, slab, at, want);
            ahead.progress().add(Counter.BYTES, got);
            read = true;
            return got;
        } finally {
            if (!read) {
                slab.release();
            }
        }
    }

    /** Issues the reads of a data extent; returns how far. */
    private long issue(long from, long end) {
        int slabBytes = ahead.slabs().slabBytes();
        long at = from;
        while (at < end && room()) {
            Slab slab = slab();
            if (slab == null) {
                return at;
            }
            // aligned to the slab size, so that blocks and stripes meet at the same borders whatever the holes
            int want = (int) Math.min(end - at, slabBytes - at % slabBytes);
            Block block = new Block(turn, file, ahead.progress(), slab, at, want);
            turn.issue(block);
            ahead.issue(block);
            at += want;
        }
        return at;
    }

    private boolean room() {
        handOver();
        return turn.awaitRoom(stripes * WORKERS_PER_STRIPE, stripes * WINDOW_PER_STRIPE);
    }

    private @Nullable Slab slab() {
        for (Item item : items) {
            if (item instanceof Item.Data) { // a hole may stand behind it; what holds no slab can wait for the next one
                handOver();
                break;
            }
        }
        return turn.slab();
    }

    private void handOver() {
        if (!items.isEmpty()) {
            turn.put(items);
            items.clear();
        }
    }
}
