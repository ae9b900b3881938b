package io.stripeline.snapshot;

import org.jspecify.annotations.Nullable;

/** One sorted table, opened: look-ups and cursors. Thread-safe; blocks while it reads nodes. */
final class Table {
    private final BlobSource blobs;
    private final Cache<BlobId, TableNode> nodes;
    final @Nullable TableRef ref;

    /** An entry found: a node and a place in it. */
    record Found(TableNode node, int index) {
        Decoder value() {
            return node.value(index);
        }

        boolean isMark() {
            return node.valueLength(index) == 0;
        }
    }

    Table(@Nullable TableRef ref, BlobSource blobs, Cache<BlobId, TableNode> nodes) {
        this.ref = ref;
        this.blobs = blobs;
        this.nodes = nodes;
    }

    TableNode node(BlobId id, int level) {
        TableNode node = nodes.get(id, missing -> TableNode.decode(blobs.get(missing), level));
        if (node.level != level) {
            throw new FormatException(
                    "Table node " + id + " stands at level " + level + " but is of level " + node.level);
        }
        return node;
    }

    /** The entry with the greatest key that is not after {@code key}; null where there is none. */
    @Nullable
    Found floor(byte[] key) {
        TableRef table = ref;
        if (table == null) {
            return null;
        }
        BlobId id = table.top();
        for (int level = table.level(); ; level--) {
            TableNode node = node(id, level);
            int at = node.floor(key);
            if (at < 0) {
                return null;
            }
            if (level == 0) {
                return new Found(node, at);
            }
            id = node.child(at);
        }
    }

    /** The entry of exactly this key, deletion marks included; null where there is none. */
    @Nullable
    Found find(byte[] key) {
        Found floor = floor(key);
        return floor != null && floor.node.compareKey(floor.index, key) == 0 ? floor : null;
    }
}
