package io.stripeline.backend;

import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Entry;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.cursor.CursorWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notes what could not be read, changed while it was, or was gone, for the next job: what was renamed away under the scan
 * may come back as old as it was. Of one stream.
 */
final class TryAgain implements Consumer<Item> {
    private final RawPath root;
    private final CursorWriter cursor;
    private @Nullable Entry begun;

    TryAgain(RawPath root, CursorWriter cursor) {
        this.root = root;
        this.cursor = cursor;
    }

    @Override
    public void accept(Item item) {
        if (item instanceof Item.Begin begin) {
            begun = begin.entry();
        } else if (item instanceof Item.End end && begun != null) {
            if (!(end.outcome() instanceof Outcome.Ok)) {
                note(begun.path());
            }
            begun = null;
        } else if (item instanceof Item.Unread unread) {
            note(unread.failure().path());
        }
    }

    /** The same base, which tells of what has vanished: no item does. */
    Base with(Base base) {
        return new Base() {
            @Override
            public @Nullable Known unchanged(InodeBatch batch, int row) {
                return base.unchanged(batch, row);
            }

            @Override
            public void vanished(RawPath path) {
                note(path);
            }

            @Override
            public void close() {
                base.close();
            }
        };
    }

    private void note(RawPath path) {
        cursor.again(root.child(path.toBytes()));
    }
}
