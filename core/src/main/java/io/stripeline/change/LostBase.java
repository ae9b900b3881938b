package io.stripeline.change;

import io.stripeline.flow.Base;
import io.stripeline.inode.InodeBatch;
import org.jspecify.annotations.Nullable;

/** Lets another base judge rows that are there only since changes were lost; all others changed. */
final class LostBase implements Base {
    private final Settled settled;
    private final Base judge;
    private final Subtrees.Rows moved;
    private final Subtrees.Rows lost;

    LostBase(Settled settled, Base judge) {
        this.settled = settled;
        this.judge = judge;
        this.moved = settled.moved.rows();
        this.lost = settled.lost.rows();
    }

    @Override
    public @Nullable Known unchanged(InodeBatch batch, int row) {
        if (!lost.covers(batch, row)) {
            return null;
        }
        Known known = judge.unchanged(batch, row);
        return known == null
                        || moved.covers(batch, row)
                        || settled.looked.contains(batch.path(row).toBytes())
                ? null
                : known;
    }

    @Override
    public void close() {
        judge.close();
    }
}
