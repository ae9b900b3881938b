package io.stripeline.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Several runs as one; of rows with the same key and name the one of the last run is kept. */
final class MergedRun extends RowRun {
    private record Source(RowRun run, int age) {}

    private final PriorityQueue<Source> heap;
    private final List<Source> used = new ArrayList<>();

    /** Later runs win. */
    MergedRun(List<RowRun> runs) {
        heap = new PriorityQueue<>(Math.max(1, runs.size()), (a, b) -> {
            int byRow = a.run.compare(b.run);
            return byRow != 0 ? byRow : Integer.compare(b.age, a.age);
        });
        for (int age = 0; age < runs.size(); age++) {
            Source source = new Source(runs.get(age), age);
            if (source.run.next()) {
                heap.add(source);
            }
        }
    }

    /** The run itself where there is only one. */
    static RowRun of(List<RowRun> runs) {
        return runs.size() == 1 ? runs.get(0) : new MergedRun(runs);
    }

    @Override
    boolean next() {
        for (Source source : used) {
            if (source.run.next()) {
                heap.add(source);
            }
        }
        used.clear();
        Source winner = heap.poll();
        if (winner == null) {
            return false;
        }
        used.add(winner);
        while (!heap.isEmpty() && heap.element().run.compare(winner.run) == 0) {
            used.add(heap.remove());
        }
        key = winner.run.key;
        bytes = winner.run.bytes;
        start = winner.run.start;
        end = winner.run.end;
        nameStart = winner.run.nameStart;
        nameLength = winner.run.nameLength;
        return true;
    }
}
