package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Follows a snapshot from its root to every blob that it needs, decoding everything on the way: for checks, and to tell
 * what is still in use. What several snapshots share is followed once. Remembers the names of blocks, not of chunks:
 * about 100 bytes per 5,000 entries. Not thread-safe; blocks.
 */
public final class References {
    /** Learns what a snapshot needs. */
    public interface Visitor {
        /** A blob is needed; called at least once for each. */
        void needs(BlobKind kind, BlobId id);

        /** Something on the way is damaged; what is below it was not followed. */
        void damaged(FormatException what);
    }

    private final BlobSource blobs;
    private final Visitor visitor;
    private final Set<BlobId> seen = new HashSet<>();

    public References(BlobSource blobs, Visitor visitor) {
        this.blobs = blobs;
        this.visitor = visitor;
    }

    /** Follows one snapshot; answers the number of rows met that were not met before. */
    public long follow(SnapshotRoot root) {
        SnapshotReader reader = SnapshotReader.open(blobs, root);
        long rows = 0;
        for (Tables tables : root.tables()) {
            rows += tables.directories() == null ? 0 : table(reader, tables.directories(), true);
            if (tables.inodes() != null) {
                table(reader, tables.inodes(), false);
            }
        }
        return rows;
    }

    private long table(SnapshotReader reader, TableRef ref, boolean directories) {
        return node(reader, ref.top(), ref.level(), directories);
    }

    private boolean isNew(BlobId id) {
        visitor.needs(BlobKind.META, id);
        return seen.add(id);
    }

    private long node(SnapshotReader reader, BlobId id, int level, boolean directories) {
        if (!isNew(id)) {
            return 0;
        }
        long rows = 0;
        try {
            TableNode node = TableNode.decode(blobs.get(id), level);
            for (int i = 0; i < node.size; i++) {
                if (level > 0) {
                    rows += node(reader, node.child(i), level - 1, directories);
                } else if (directories && node.valueLength(i) > 0) {
                    rows += part(reader, node.value(i), node.key(i));
                } else if (node.valueLength(i) > 0 && node.value(i).u8() != 1) {
                    throw node.value(i).broken("unknown entry of the inode table");
                }
            }
        } catch (FormatException broken) {
            visitor.damaged(new FormatException("Table node " + id + ": " + broken.getMessage(), broken));
        }
        return rows;
    }

    private long part(SnapshotReader reader, Decoder value, byte[] key) {
        byte[] directory = Arrays.copyOf(key, Keys.directoryLength(key));
        try {
            byte[] bytes = value.take(value.remaining());
            List<BlobId> blocks = Part.decode(new Decoder(bytes)).blobs(blobs);
            boolean fresh = blocks.isEmpty();
            for (BlobId block : blocks) {
                fresh |= isNew(block);
            }
            return fresh ? rows(Part.decode(new Decoder(bytes)).open(blobs), reader) : 0;
        } catch (FormatException broken) {
            visitor.damaged(
                    new FormatException("Directory " + Keys.path(directory) + ": " + broken.getMessage(), broken));
            return 0;
        }
    }

    private long rows(Rows rows, SnapshotReader reader) {
        List<BlobId> values = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            rows.inode(row);
            reader.fileSystemId(rows.filesystem(row));
            rows.attributeBlobs(row, values);
            rows.state(row);
            Content content = rows.content(row);
            switch (content.kind()) {
                case LINK -> values.addAll(content.blobs());
                case TREE -> tree(content);
                default -> content.blobs().forEach(chunk -> visitor.needs(BlobKind.DATA, chunk));
            }
        }
        values.forEach(value -> visitor.needs(BlobKind.META, value));
        return rows.size();
    }

    private void tree(Content content) {
        Decoder in = content.body();
        in.varint();
        list(in.u8(), in.id());
    }

    private void list(int level, BlobId id) {
        if (!isNew(id)) {
            return;
        }
        for (Pieces.Child child : Pieces.children(blobs, level, id)) {
            if (level > 0) {
                list(level - 1, child.id());
            } else {
                visitor.needs(BlobKind.DATA, child.id());
            }
        }
    }
}
