package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows a snapshot from its root to every blob that it needs, decoding everything on the way: for checks, and to tell
 * what is still in use. What several snapshots share is followed once; where it is harmed, each of them is told of. Remembers the
 * names of blocks, not of chunks: about 100 bytes per 5,000 entries. Not thread-safe; blocks.
 */
public final class References {
    /** Learns what a snapshot needs. */
    public interface Visitor {
        /** A blob is needed; called at least once for each. False where it is not there: what needs it is harmed. */
        boolean needs(BlobKind kind, BlobId id);

        /** Something on the way is damaged; what is below it was not followed. */
        void damaged(FormatException what);

        /** The snapshot shares a harmed block with {@code first}, in which it was followed and told of; called once. */
        void shares(SnapshotRoot first);
    }

    private final BlobSource blobs;
    private final Visitor visitor;
    private final Set<BlobId> seen = new HashSet<>();
    /** Harmed blocks, and blocks of harmed parts, by the first snapshot that has them. */
    private final Map<List<BlobId>, SnapshotRoot> harmed = new HashMap<>();

    private final Set<SnapshotRoot> shared = new HashSet<>();
    private long harms;
    private @Nullable SnapshotRoot current;

    public References(BlobSource blobs, Visitor visitor) {
        this.blobs = blobs;
        this.visitor = visitor;
    }

    /** Follows one snapshot; answers the number of rows met that were not met before. */
    public long follow(SnapshotRoot root) {
        SnapshotReader reader = SnapshotReader.open(blobs, root);
        current = root;
        shared.clear();
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

    private void needs(BlobKind kind, BlobId id) {
        if (!visitor.needs(kind, id)) {
            harms++;
        }
    }

    private boolean isNew(BlobId id) {
        needs(BlobKind.META, id);
        return seen.add(id);
    }

    private void damaged(FormatException what) {
        harms++;
        visitor.damaged(what);
    }

    /** Notes that something was followed, and is harmed if there were fewer harms before. */
    private void followed(List<BlobId> blocks, long harmsBefore) {
        if (harms > harmsBefore) {
            harmed.put(blocks, Objects.requireNonNull(current));
        }
    }

    /** Something that was followed before is met again. */
    private void met(List<BlobId> blocks) {
        SnapshotRoot first = harmed.get(blocks);
        if (first != null) {
            harms++;
            if (!first.equals(current) && shared.add(first)) {
                visitor.shares(first);
            }
        }
    }

    private long node(SnapshotReader reader, BlobId id, int level, boolean directories) {
        long before = harms;
        if (!isNew(id)) {
            met(List.of(id));
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
            damaged(new FormatException("Table node " + id + ": " + broken.getMessage(), broken));
        }
        followed(List.of(id), before);
        return rows;
    }

    private long part(SnapshotReader reader, Decoder value, byte[] key) {
        byte[] directory = Arrays.copyOf(key, Keys.directoryLength(key));
        long before = harms;
        List<BlobId> blocks = List.of();
        long rows = 0;
        try {
            byte[] bytes = value.take(value.remaining());
            blocks = Part.decode(new Decoder(bytes)).blobs(blobs);
            boolean fresh = blocks.isEmpty();
            for (BlobId block : blocks) {
                fresh |= isNew(block);
            }
            if (!fresh) {
                met(blocks);
                return 0;
            }
            rows = rows(Part.decode(new Decoder(bytes)).open(blobs), reader);
        } catch (FormatException broken) {
            damaged(new FormatException("Directory " + Keys.path(directory) + ": " + broken.getMessage(), broken));
        }
        if (!blocks.isEmpty()) {
            followed(List.copyOf(blocks), before);
        }
        return rows;
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
                default -> content.blobs().forEach(chunk -> needs(BlobKind.DATA, chunk));
            }
        }
        values.forEach(value -> needs(BlobKind.META, value));
        return rows.size();
    }

    private void tree(Content content) {
        Decoder in = content.body();
        in.varint();
        list(in.u8(), in.id());
    }

    private void list(int level, BlobId id) {
        long before = harms;
        if (!isNew(id)) {
            met(List.of(id));
            return;
        }
        try {
            for (Pieces.Child child : Pieces.children(blobs, level, id)) {
                if (level > 0) {
                    list(level - 1, child.id());
                } else {
                    needs(BlobKind.DATA, child.id());
                }
            }
        } catch (FormatException broken) {
            harmed.put(List.of(id), Objects.requireNonNull(current));
            throw broken;
        }
        followed(List.of(id), before);
    }
}
