package io.stripeline.flow;

import io.stripeline.inode.Attributes;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds the heap that large sets of attributes take between a source of items and its sink.
 *
 * <p>Queues are bounded by items, and an item is small, but for the extended attributes of an inode, which may be
 * megabytes. A source takes a {@link Hold} for such a set before it gives the item that carries it; whoever takes that
 * item out of the last queue releases the hold, and answers itself for what it keeps. Sets of up to {@link #LIGHT_BYTES}
 * pass without.
 *
 * <p>One room for each source of items. Thread-safe.
 */
public final class AttributeRoom implements AutoCloseable {
    /** Attributes that nobody counts between a source and its sink: {@link Attributes#weightBytes()}. */
    public static final int LIGHT_BYTES = 64 << 10;

    /**
     * Most of one inode: values that a driver keeps, beside their names, of which the kernel lists 64 KiB (XATTR_LIST_MAX
     * of xattr(7)).
     */
    public static final int MOST_BYTES = 4 << 20;

    /** Two of the largest: one is read or decoded while another waits. */
    private static final long ROOM_BYTES = 10L << 20;

    /** Room that an item has taken. Released once by the owner of the item; more calls do nothing. */
    public static final class Hold {
        /** Of an item whose attributes are few. */
        public static final Hold NONE = new Hold(new AttributeRoom(), 0);

        private final AttributeRoom room;
        private final long bytes;
        private final AtomicBoolean released = new AtomicBoolean();

        private Hold(AttributeRoom room, long bytes) {
            this.room = room;
            this.bytes = bytes;
        }

        /** Gives the room back. Any thread. */
        public void release() {
            if (bytes > 0 && released.compareAndSet(false, true)) {
                room.back(bytes);
            }
        }
    }

    private long heldBytes;
    private boolean closed;

    /**
     * Takes room, waiting for it; blocks, so only on a thread that may. More than there is at all counts as all of it.
     * Once closed, nobody counts any more.
     *
     * @throws CancellationException where the thread is interrupted; nothing was taken
     */
    public synchronized Hold take(long bytes) {
        long taken = Math.min(bytes, ROOM_BYTES);
        while (!closed && heldBytes + taken > ROOM_BYTES) {
            try {
                wait();
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                throw new CancellationException("Interrupted while waiting for room for extended attributes");
            }
        }
        if (closed) {
            return Hold.NONE;
        }
        heldBytes += taken;
        return new Hold(this, taken);
    }

    /** An item with a hold of its own, where what it carries is large; waits as {@link #take}. */
    public Item enter(Item item) {
        if (item instanceof Item.Begin begin && begin.entry().attributes().weightBytes() > LIGHT_BYTES) {
            return new Item.Begin(begin.entry(), take(begin.entry().attributes().weightBytes()));
        }
        if (item instanceof Item.Amend amend && amend.attributes().weightBytes() > LIGHT_BYTES) {
            return new Item.Amend(amend.attributes(), take(amend.attributes().weightBytes()));
        }
        return item;
    }

    private synchronized void back(long bytes) {
        heldBytes -= bytes;
        notifyAll();
    }

    /** Bytes that are held now. */
    public synchronized long heldBytes() {
        return heldBytes;
    }

    /** Lets everybody pass who waits. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
