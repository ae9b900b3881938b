package io.stripeline.dedup.index;

import io.stripeline.snapshot.BlobId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A map from ids to a few bytes: open addressing on primitive arrays, in stripes with a lock each. An entry costs its 32
 * bytes, its value, and 5 to 10 bytes of slots. Ids are evenly spread, so their first bytes are the hash.
 */
public final class IdTable {
    private static final int STRIPES = 16;
    private static final int PAGE_ENTRIES = 512;

    private final int entryBytes;
    private final int valueBytes;
    private final Stripe[] stripes = new Stripe[STRIPES];

    /** @param valueBytes length of a value, 0 for a set */
    public IdTable(int valueBytes) {
        this.valueBytes = valueBytes;
        this.entryBytes = BlobId.BYTES + valueBytes;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Adds an id with the value that stands in {@code value}; false where the id is there already. */
    public boolean putIfAbsent(byte[] ids, int at, byte[] value) {
        Stripe stripe = stripes[(ids[at] & 0xFF) % STRIPES];
        synchronized (stripe) {
            return stripe.put(ids, at, value);
        }
    }

    /** Copies the value of an id; false where there is none. */
    public boolean find(byte[] ids, int at, byte[] value) {
        Stripe stripe = stripes[(ids[at] & 0xFF) % STRIPES];
        synchronized (stripe) {
            return stripe.find(ids, at, value);
        }
    }

    public long size() {
        long out = 0;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                out += stripe.count;
            }
        }
        return out;
    }

    /** Bytes of the arrays held. */
    public long memoryBytes() {
        long out = 0;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                out += 4L * stripe.slots.length + (long) stripe.pages.size() * PAGE_ENTRIES * entryBytes;
            }
        }
        return out;
    }

    private final class Stripe {
        int[] slots = new int[256];
        final List<byte[]> pages = new ArrayList<>();
        int count;

        private int hash(byte[] ids, int at) {
            int h = 0;
            for (int i = 1; i < 5; i++) {
                h = h << 8 | (ids[at + i] & 0xFF);
            }
            return h;
        }

        /** The slot of an id, or the free one where it belongs. */
        private int slotOf(byte[] ids, int at) {
            int slot = hash(ids, at) & (slots.length - 1);
            while (slots[slot] != 0) {
                int entry = slots[slot] - 1;
                byte[] page = pages.get(entry / PAGE_ENTRIES);
                int from = entry % PAGE_ENTRIES * entryBytes;
                if (Arrays.equals(page, from, from + BlobId.BYTES, ids, at, at + BlobId.BYTES)) {
                    return slot;
                }
                slot = (slot + 1) & (slots.length - 1);
            }
            return slot;
        }

        boolean put(byte[] ids, int at, byte[] value) {
            int slot = slotOf(ids, at);
            if (slots[slot] != 0) {
                return false;
            }
            if (count % PAGE_ENTRIES == 0) {
                pages.add(new byte[PAGE_ENTRIES * entryBytes]);
            }
            byte[] page = pages.get(count / PAGE_ENTRIES);
            int from = count % PAGE_ENTRIES * entryBytes;
            System.arraycopy(ids, at, page, from, BlobId.BYTES);
            System.arraycopy(value, 0, page, from + BlobId.BYTES, valueBytes);
            count++;
            slots[slot] = count;
            if (count > slots.length / 5 * 4) {
                grow();
            }
            return true;
        }

        boolean find(byte[] ids, int at, byte[] value) {
            int entry = slots[slotOf(ids, at)] - 1;
            if (entry < 0) {
                return false;
            }
            int from = entry % PAGE_ENTRIES * entryBytes + BlobId.BYTES;
            System.arraycopy(pages.get(entry / PAGE_ENTRIES), from, value, 0, valueBytes);
            return true;
        }

        private void grow() {
            slots = new int[slots.length * 2];
            for (int entry = 0; entry < count; entry++) {
                byte[] page = pages.get(entry / PAGE_ENTRIES);
                int slot = hash(page, entry % PAGE_ENTRIES * entryBytes) & (slots.length - 1);
                while (slots[slot] != 0) {
                    slot = (slot + 1) & (slots.length - 1);
                }
                slots[slot] = entry + 1;
            }
        }
    }
}
