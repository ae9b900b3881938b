package io.stripeline.snapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over the pieces of one content, holding one node per level of its chunk list. Not thread-safe; blocks while
 * it reads nodes.
 */
public final class Pieces implements Iterator<Piece> {
    private static final int MAX_NODE_BYTES = 64 << 10;
    private static final int MAX_LEVEL = 7;

    private record Node(int level, Decoder entries) {}

    private final BlobSource blobs;
    private final ArrayDeque<Node> path = new ArrayDeque<>();
    private final long length;
    private final boolean exact;
    private long offset;
    private @Nullable Piece next;

    Pieces(Content content, BlobSource blobs) {
        this.blobs = blobs;
        this.length = content.lengthBytes();
        this.exact = content.kind() == Content.Kind.TREE;
        Decoder in = content.body();
        switch (content.kind()) {
            case NONE, LINK -> {}
            case INLINE -> next = new Piece(0, in.remaining(), null, 0, in.take(in.remaining()));
            case SLICE -> {
                BlobId id = in.id();
                long from = in.varint();
                if (from < 0 || length < 0 || from + length < 0) {
                    throw in.broken("slice of " + length + " bytes at " + from);
                }
                next = new Piece(0, length, id, from, null);
            }
            case HOLE -> {
                if (length <= 0) {
                    throw in.broken("hole of " + length + " bytes");
                }
                next = Piece.hole(0, length);
            }
            case LIST -> path.push(new Node(0, in));
            case TREE -> {
                in.varint();
                open(in.u8(), in.id());
            }
        }
        if (next == null) {
            advance();
        }
    }

    private static Decoder node(BlobSource blobs, int level, BlobId id) {
        byte[] bytes = blobs.get(id);
        if (level > MAX_LEVEL || bytes.length > MAX_NODE_BYTES) {
            throw new FormatException(
                    "Chunk list " + id + " is damaged: level " + level + ", " + bytes.length + " bytes");
        }
        Decoder in = new Decoder(bytes).header('L');
        if (in.u8() != level) {
            throw in.broken("chunk list node of another level than " + level);
        }
        in.count(MAX_NODE_BYTES);
        return in;
    }

    private void open(int level, BlobId id) {
        path.push(new Node(level, node(blobs, level, id)));
    }

    /** One entry of a chunk list node that is no hole. */
    record Child(long length, BlobId id) {}

    /** The blobs that a node of a chunk list names. */
    static List<Child> children(BlobSource blobs, int level, BlobId id) {
        Decoder in = node(blobs, level, id);
        List<Child> out = new ArrayList<>();
        while (in.hasMore()) {
            long entry = in.varint();
            if (level > 0) {
                out.add(new Child(entry, in.id()));
            } else if ((entry & 1) == 0) {
                out.add(new Child(entry >>> 1, in.id()));
            }
        }
        return out;
    }

    private void advance() {
        next = null;
        while (next == null && !path.isEmpty()) {
            Node node = path.getFirst();
            if (!node.entries.hasMore()) {
                path.pop();
            } else if (node.level > 0) {
                node.entries.varint();
                open(node.level - 1, node.entries.id());
            } else {
                long entry = node.entries.varint();
                long bytes = entry >>> 1;
                if (bytes == 0 || offset + bytes < offset) {
                    throw node.entries.broken("chunk of " + bytes + " bytes at " + offset);
                }
                next = (entry & 1) == 1 ? Piece.hole(offset, bytes) : Piece.chunk(offset, bytes, node.entries.id());
                offset += bytes;
            }
        }
        if (next == null && exact && offset != length) {
            throw new FormatException("Chunk list covers " + offset + " bytes of a file of " + length);
        }
    }

    /** Every blob that the form of {@code content} names, without reading any. */
    static List<BlobId> named(Content content) {
        List<BlobId> out = new ArrayList<>();
        Decoder in = content.body();
        switch (content.kind()) {
            case SLICE -> out.add(in.id());
            case TREE -> {
                in.varint();
                in.u8();
                out.add(in.id());
            }
            case LIST -> {
                while (in.hasMore()) {
                    if ((in.varint() & 1) == 0) {
                        out.add(in.id());
                    }
                }
            }
            case LINK -> Extra.named(in, out);
            case NONE, INLINE, HOLE -> {}
        }
        return out;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Piece next() {
        Piece piece = next;
        if (piece == null) {
            throw new NoSuchElementException();
        }
        advance();
        return piece;
    }
}
