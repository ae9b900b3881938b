package io.stripeline.ptcomm.peer;

import java.util.BitSet;

/** What has arrived. Remembers of each item one bit: whether a hard link may point to it. */
final class ItemCount {
    private final BitSet linkable = new BitSet();
    private long own;
    private long items;
    private long deletions;
    private long dataBytes;
    private long shortData;

    /** An item of the plugin itself. */
    void own() {
        own++;
    }

    /** One more item of the backend; its FileIndex. */
    long item() {
        items++;
        return fileIndex();
    }

    void deletion() {
        deletions++;
    }

    void linkable(long fileIndex) {
        if (fileIndex <= Integer.MAX_VALUE) {
            linkable.set((int) fileIndex);
        }
    }

    boolean isLinkable(long fileIndex) {
        return fileIndex > 0 && fileIndex <= Integer.MAX_VALUE && linkable.get((int) fileIndex);
    }

    void data(long bytes) {
        dataBytes += bytes;
    }

    void shortData() {
        shortData++;
    }

    long fileIndex() {
        return own + items + deletions;
    }

    /** Number of the item that came last, as batches count. */
    long number() {
        return items + deletions;
    }

    /** FileIndex of the item of that number. */
    long fileIndexOf(long number) {
        return own + number;
    }

    long items() {
        return items;
    }

    long dataBytes() {
        return dataBytes;
    }

    long shortDataPackets() {
        return shortData;
    }
}
