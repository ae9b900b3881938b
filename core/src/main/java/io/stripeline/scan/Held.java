package io.stripeline.scan;

import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.InodeBatch;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Directories of one worker's rows that the {@link Gate} has not been asked about yet, by row. Of one thread. */
final class Held {
    private final Gate gate;
    private final Progress progress;
    private final Consumer<Work> admit;
    private final @Nullable Work[] behind = new Work[InodeBatch.CAPACITY];
    private final BitSet unrecorded = new BitSet(InodeBatch.CAPACITY);
    private int count;

    /** @param admit takes the directories that may be entered */
    Held(Gate gate, Progress progress, Consumer<Work> admit) {
        this.gate = gate;
        this.progress = progress;
        this.admit = admit;
    }

    /** The next row to be added is a directory. {@code work} is what enters it, null where it is not entered. */
    void put(int row, @Nullable Work work, boolean recorded) {
        behind[row] = work;
        unrecorded.set(row, !recorded);
        count += work == null ? 0 : 1;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Asks about all rows; returns those to report, and admits the directories to enter. */
    InodeBatch ask(InodeBatch rows) {
        BitSet taken = new BitSet(rows.size());
        taken.set(0, rows.size());
        BitSet entered = (BitSet) taken.clone();
        if (rows.size() > 0) {
            gate.ask(rows, taken, entered);
        }
        progress.add(Counter.SKIPPED, rows.size() - taken.cardinality());
        entered.and(taken);
        for (int row = 0; row < rows.size(); row++) {
            Work work = behind[row];
            behind[row] = null;
            if (work != null && entered.get(row)) {
                admit.accept(work);
            } else if (work != null) {
                work.drop();
            }
        }
        count = 0;
        taken.andNot(unrecorded);
        unrecorded.clear();
        return taken.cardinality() == rows.size() ? rows : rows.only(taken);
    }

    /** Drops what was never asked about. */
    void drop() {
        for (int row = 0; row < behind.length; row++) {
            Work work = behind[row];
            if (work != null) {
                behind[row] = null;
                work.drop();
            }
        }
        count = 0;
    }
}
