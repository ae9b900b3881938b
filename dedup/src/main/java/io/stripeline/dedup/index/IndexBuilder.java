package io.stripeline.dedup.index;

import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.snapshot.BlobId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Makes the index file of some packs. */
public final class IndexBuilder {
    private IndexBuilder() {}

    /**
     * The sorted entries of all chunks of these packs.
     *
     * @param packs together at most {@link IndexFile#MAX_ENTRIES} chunks
     */
    public static IndexFile build(byte[] storeId, List<SealedPack> packs) {
        int total = packs.stream().mapToInt(SealedPack::chunks).sum();
        if (total > IndexFile.MAX_ENTRIES) {
            throw new IllegalArgumentException("Too many chunks for one index file: " + total);
        }
        byte[] unsorted = gather(packs, total);
        int entriesAt = IndexFile.HEADER_BYTES + packs.size() * IndexFile.PACK_BYTES;
        int end = entriesAt + total * IndexFile.ENTRY_BYTES;
        ByteBuffer out = ByteBuffer.allocate(end + BlobId.BYTES);
        out.putInt(IndexFile.MAGIC).putShort((short) 1).putShort((short) 0);
        out.put(storeId, 0, 16).putInt(packs.size()).putInt(total);
        for (SealedPack pack : packs) {
            out.put(pack.id().toBytes()).put((byte) pack.kind().ordinal());
            out.putInt(pack.chunks()).putLong(pack.sizeBytes());
        }
        for (int entry : order(unsorted, total)) {
            out.put(unsorted, entry * IndexFile.ENTRY_BYTES, IndexFile.ENTRY_BYTES);
        }
        byte[] digest = IndexFile.digest(out.array(), end);
        out.put(digest);
        return IndexFile.parse(BlobId.of(digest, 0), out.array());
    }

    private static byte[] gather(List<SealedPack> packs, int total) {
        ByteBuffer out = ByteBuffer.allocate(total * IndexFile.ENTRY_BYTES);
        for (int i = 0; i < packs.size(); i++) {
            int pack = i;
            packs.get(i).directory().forEach((frame, bytes, idAt, offset, length, form) -> {
                out.put(bytes, idAt, BlobId.BYTES).putInt(pack);
                out.putInt(frame.offset()).putInt(frame.storedBytes());
                out.putInt(offset).putInt(length).put((byte) form);
            });
        }
        if (out.hasRemaining()) {
            throw new IllegalStateException("Packs list fewer chunks than they say");
        }
        return out.array();
    }

    /** Entries in order of id: sorted by 46 bits of id with the entry's number in the other 18, then ties put right. */
    private static int[] order(byte[] entries, int total) {
        ByteBuffer in = ByteBuffer.wrap(entries);
        long[] keys = new long[total];
        for (int i = 0; i < total; i++) {
            keys[i] = (in.getLong(i * IndexFile.ENTRY_BYTES) ^ Long.MIN_VALUE) & -(1L << 18) | i;
        }
        Arrays.sort(keys);
        int[] out = new int[total];
        for (int i = 0; i < total; i++) {
            int entry = (int) (keys[i] & ((1 << 18) - 1));
            int at = i;
            while (at > 0 && compare(entries, out[at - 1], entry) > 0) {
                out[at] = out[at - 1];
                at--;
            }
            out[at] = entry;
        }
        return out;
    }

    private static int compare(byte[] entries, int a, int b) {
        int left = a * IndexFile.ENTRY_BYTES;
        int right = b * IndexFile.ENTRY_BYTES;
        return Arrays.compareUnsigned(entries, left, left + BlobId.BYTES, entries, right, right + BlobId.BYTES);
    }
}
