package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds the content of one file from its chunks in order of offset, holding one open node per level however long the
 * file is. Nodes end where a chunk's id says so, so that an insertion in the file moves one node per level. Not
 * thread-safe.
 */
public final class ChunkListWriter {
    private static final int LIST_ENTRIES = 16;
    private static final int NODE_ENTRIES = 1600;
    private static final int CUT_MASK = 1023;

    /** An open node of a level. */
    private static final class Node {
        final Encoder entries = new Encoder(1024);
        int count;
        long length;
    }

    private final BlobSink blobs;
    private final List<Node> levels = new ArrayList<>();
    private long length;
    private long pendingHole;

    public ChunkListWriter(BlobSink blobs) {
        this.blobs = blobs;
        levels.add(new Node());
    }

    /** The next {@code lengthBytes} of the file are the bytes of {@code blob}. */
    public void chunk(BlobId blob, long lengthBytes) {
        flushHole();
        leaf(lengthBytes << 1, blob);
    }

    /** The next {@code lengthBytes} of the file are a hole. Adjacent holes join. */
    public void hole(long lengthBytes) {
        pendingHole += lengthBytes;
    }

    private void flushHole() {
        if (pendingHole > 0) {
            long hole = pendingHole;
            pendingHole = 0;
            leaf(hole << 1 | 1, null);
        }
    }

    private void leaf(long entry, @org.jspecify.annotations.Nullable BlobId blob) {
        long bytes = entry >>> 1;
        if (bytes == 0) {
            return;
        }
        Node node = levels.get(0);
        node.entries.varint(entry);
        if (blob != null) {
            node.entries.put(blob);
        }
        node.count++;
        node.length += bytes;
        length += bytes;
        if (node.count > LIST_ENTRIES
                && (node.count >= NODE_ENTRIES || (blob != null && (blob.prefix() & CUT_MASK) == 0))) {
            close(0);
        }
    }

    private void close(int level) {
        Node node = levels.get(level);
        BlobId id = put(level, node);
        if (levels.size() == level + 1) {
            levels.add(new Node());
        }
        Node above = levels.get(level + 1);
        above.entries.varint(node.length).put(id);
        above.count++;
        above.length += node.length;
        node.entries.clear();
        node.count = 0;
        node.length = 0;
        if (above.count >= NODE_ENTRIES || (above.count > LIST_ENTRIES && (id.prefix() & CUT_MASK) == 0)) {
            close(level + 1);
        }
    }

    private BlobId put(int level, Node node) {
        Encoder out = new Encoder(node.entries.size() + 16)
                .header('L')
                .put(level)
                .varint(node.count)
                .put(node.entries);
        return blobs.put(BlobKind.META, out.toBuffer());
    }

    /** Ends the file. */
    public Content finish() {
        if (pendingHole > 0 && length == 0) {
            return Content.hole(pendingHole);
        }
        flushHole();
        Node leaf = levels.get(0);
        if (length == 0) {
            return Content.NONE;
        }
        if (levels.size() == 1 && leaf.count <= LIST_ENTRIES) {
            return Content.list(leaf.entries);
        }
        for (int level = 0; ; level++) {
            Node node = levels.get(level);
            if (level == levels.size() - 1) {
                return Content.tree(length, level, put(level, node));
            }
            if (node.count > 0) {
                close(level);
            }
        }
    }
}
