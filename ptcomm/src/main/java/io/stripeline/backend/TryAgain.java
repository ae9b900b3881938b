package io.stripeline.backend;

import io.stripeline.flow.Item;
import io.stripeline.flow.Outcome;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.cursor.CursorWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Notes what could not be read, or changed while it was, for the next job. Of one stream. */
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
            boolean well = end.outcome() instanceof Outcome.Ok || end.outcome() instanceof Outcome.Vanished;
            if (!well) {
                note(begun.path());
            }
            begun = null;
        } else if (item instanceof Item.Unread unread) {
            note(unread.failure().path());
        }
    }

    private void note(RawPath path) {
        cursor.again(root.child(path.toBytes()));
    }
}
