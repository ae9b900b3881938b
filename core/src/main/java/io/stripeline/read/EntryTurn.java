package io.stripeline.read;

import io.stripeline.flow.Item;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of one entry on their way from the threads that read it to the one that emits.
 *
 * <p>Blocks of a large file are queued when their read is issued and taken when it is done: the queue is the order. A
 * block that ends early cuts the file: what was read behind it is dropped. Closing the turn releases what is queued,
 * wakes who waits for a slab, and makes every later arrival go the same way.
 */
final class EntryTurn implements Turn {
    private final SlabPool.@Nullable Ticket ticket;
    private final ArrayDeque<Object> out = new ArrayDeque<>(4); // Item or Block
    private int inFlight;
    private int sleeping;
    private boolean head;
    private boolean finished;
    private boolean closed;
    private boolean cut;
    private long cutAt = Long.MAX_VALUE;
    private @Nullable RuntimeException failure;
    private @Nullable RuntimeException fatal;

    EntryTurn(SlabPool.@Nullable Ticket ticket) {
        this.ticket = ticket;
    }

    // ---- the thread that emits

    @Override
    public synchronized @Nullable Item next() {
        if (!head) {
            head = true;
            wake();
        }
        while (!closed) {
            Object head = out.peek();
            if (head == null && finished) {
                if (fatal != null) {
                    throw fatal;
                }
                return null;
            }
            if (head == null || (head instanceof Block block && !block.isDone())) {
                sleep(0);
                continue;
            }
            out.poll();
            wake();
            Item item = head instanceof Block block ? fromBlock(block) : fromReader((Item) head);
            if (item != null) {
                return item;
            }
        }
        return null;
    }

    private @Nullable Item fromBlock(Block block) {
        Item item = cut ? block.drop() : block.take();
        cut |= block.isShort();
        return item;
    }

    private @Nullable Item fromReader(Item item) {
        boolean dropped = cut && !(item instanceof Item.End);
        if (dropped) {
            item.release();
        }
        return dropped ? null : item;
    }

    @Override
    public int reads() {
        return 1;
    }

    @Override
    public void close() {
        shut();
        giveUpTicket();
    }

    private synchronized void shut() {
        closed = true;
        for (Object queued : out) {
            if (queued instanceof Item item) {
                item.release();
            } else if (((Block) queued).isDone()) {
                ((Block) queued).drop(); // those still under way drop themselves
            }
        }
        out.clear();
        wake();
    }

    // ---- the threads that read

    synchronized boolean isClosed() {
        return closed;
    }

    /** Waits until the emitter has come to this turn; false where it was closed. */
    synchronized boolean awaitHead() {
        while (!closed && !head) {
            sleep(0);
        }
        return !closed;
    }

    /** Hands over items; the list may be used again. */
    synchronized void put(List<Item> items) {
        if (closed) {
            items.forEach(Item::release);
        } else {
            out.addAll(items);
        }
        wake();
    }

    /** A slab at this place of the line; null where the turn was closed. */
    @Nullable
    Slab slab() {
        try {
            return ticket == null || isClosed() ? null : ticket.take();
        } catch (IllegalStateException noMore) {
            if (isClosed()) {
                return null;
            }
            throw noMore;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Waits until fewer than {@code workers} reads are under way and fewer than {@code window} pieces are queued. */
    synchronized boolean awaitRoom(int workers, int window) {
        while (!closed && cutAt == Long.MAX_VALUE && (inFlight >= workers || out.size() >= window)) {
            sleep(0);
        }
        return !closed && cutAt == Long.MAX_VALUE;
    }

    /** Queues a block whose read is about to be issued. */
    synchronized void issue(Block block) {
        inFlight++;
        if (!closed) {
            out.add(block);
        }
        wake();
    }

    /** The read of a block is over. */
    synchronized void completed(Block block) {
        inFlight--;
        if (block.isShort()) {
            cutAt = Math.min(cutAt, block.end());
        }
        if (closed) {
            block.drop();
        }
        if (failure == null) {
            failure = block.failure();
        }
        wake();
    }

    /** Waits for all reads under way, closed or not: the descriptor must not be closed under them. */
    synchronized void awaitBlocks() {
        while (inFlight > 0) {
            sleep(0);
        }
    }

    /** Offset of the first byte that a block did not give, {@code end} if there is none. Fails if a read has failed. */
    synchronized long covered(long end) {
        if (failure != null) {
            throw failure;
        }
        return Math.min(end, cutAt);
    }

    /** Sleeps between two tries; less where the turn is closed. */
    synchronized void pause(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        long left = millis;
        while (!closed && left > 0) {
            sleep(left);
            left = (until - System.nanoTime()) / 1_000_000;
        }
    }

    /** No more items come; {@code reason} where the job cannot go on. */
    void finish(@Nullable RuntimeException reason) {
        synchronized (this) {
            finished = true;
            fatal = reason;
            wake();
        }
        giveUpTicket();
    }

    private void giveUpTicket() {
        if (ticket != null) {
            ticket.close();
        }
    }

    private void wake() {
        if (sleeping > 0) {
            notifyAll();
        }
    }

    /** An interrupt ends the turn: the subscription is being cancelled. */
    @SuppressWarnings("WaitNotInLoop") // its callers are the loops
    private void sleep(long millis) {
        sleeping++;
        try {
            wait(millis);
        } catch (InterruptedException cancelled) {
            shut(); // the status is not restored: waits that must go on in spite of it would spin
        } finally {
            sleeping--;
        }
    }
}
