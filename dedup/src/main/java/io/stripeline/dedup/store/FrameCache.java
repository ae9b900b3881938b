package io.stripeline.dedup.store;

import io.stripeline.dedup.index.ChunkPlace;
import io.stripeline.dedup.pack.PackReader;
import io.stripeline.snapshot.BlobId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The raw frames used last, up to a number of bytes. Of several readers of one frame one reads it and the others wait for
 * it.
 */
final class FrameCache {
    private record Key(BlobId pack, int offset) {}

    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        byte[] raw = new byte[0];
        boolean loaded;
    }

    private final PackReader reader;
    private final long capacityBytes;
    private final Map<Key, Slot> slots = new HashMap<>();
    private final ArrayDeque<Key> order = new ArrayDeque<>();
    private long bytes;

    FrameCache(PackReader reader, long capacityBytes) {
        this.reader = reader;
        this.capacityBytes = capacityBytes;
    }

    byte[] get(ChunkPlace place) {
        Key key = new Key(place.pack(), place.frameOffset());
        Slot slot;
        synchronized (this) {
            slot = slots.computeIfAbsent(key, k -> new Slot());
        }
        slot.lock.lock();
        try {
            if (!slot.loaded) {
                slot.raw = reader.frame(place.pack(), place.frameOffset(), place.frameStoredBytes());
                slot.loaded = true;
                keep(key, slot.raw.length);
            }
            return slot.raw;
        } catch (RuntimeException failure) {
            forget(key);
            throw failure;
        } finally {
            slot.lock.unlock();
        }
    }

    private synchronized void forget(Key key) {
        slots.remove(key);
    }

    private synchronized void keep(Key key, int length) {
        order.addLast(key);
        bytes += length;
        while (bytes > capacityBytes && order.size() > 1) {
            Slot old = slots.remove(order.removeFirst());
            if (old != null) {
                bytes -= old.raw.length;
            }
        }
    }
}
