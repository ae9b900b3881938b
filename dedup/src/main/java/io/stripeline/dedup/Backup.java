package io.stripeline.dedup;

import io.stripeline.flow.Base;
import io.stripeline.flow.Sink;
import java.util.List;

/**
 * One backup into a store, opened: what earlier backups know, and the sink. Use both, then close; closing waits for the
 * sink to give up what it holds, so never on a thread of the pipeline.
 */
public final class Backup implements AutoCloseable {
    private static final long CLOSE_SECONDS = 120;

    private final BackupRun run;
    private final BackupSink sink;
    private final Base base;
    private final String set;
    private final List<String> parents;

    Backup(BackupRun run, Base base, String set, List<String> parents) {
        this.run = run;
        this.sink = new BackupSink(run);
        this.base = base;
        this.set = set;
        this.parents = List.copyOf(parents);
    }

    /** What the parents know, for the reader stage. Closed with this. */
    public Base base() {
        return base;
    }

    /** Takes the items; its report's id is the id of the snapshot. Used once. */
    public Sink sink() {
        return sink;
    }

    /** Id of the set that the snapshot belongs to. */
    public String set() {
        return set;
    }

    /** Ids of the snapshots that this backup compares with: none for the first one, or with force. */
    public List<String> parents() {
        return parents;
    }

    @Override
    public void close() {
        base.close();
        if (sink.use()) {
            run.close();
            return;
        }
        try {
            if (!run.awaitEnd(CLOSE_SECONDS)) {
                throw new IllegalStateException("The backup still writes to the store after " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
