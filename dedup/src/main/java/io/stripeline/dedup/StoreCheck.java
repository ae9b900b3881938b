package io.stripeline.dedup;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.References;
import java.util.LinkedHashSet;
import java.util.Set;

/** Follows all roots of a store and proves that everything they need is there and makes sense. */
final class StoreCheck {
    private final Engine engine;
    private final Job job;
    private String snapshot = "";
    private final Set<String> outside = new LinkedHashSet<>();
    private long damages;

    StoreCheck(Engine engine, Job job) {
        this.engine = engine;
        this.job = job;
    }

    /** @param readData read every pack to its end and prove every chunk, not only what listings need */
    CheckResult run(boolean readData) {
        engine.check(readData, this::damage);
        Catalog catalog = Catalog.of(engine, job.problems(), Problem.Severity.ERROR);
        damages += catalog.damaged();
        References references = new References(engine, new References.Visitor() {
            @Override
            public void needs(BlobKind kind, BlobId id) {
                switch (engine.presence(id)) {
                    case ABSENT -> damage("snapshot " + snapshot + " needs blob " + id + ", which is not in the store");
                    case OUTSIDE_INDEX -> outside.add(snapshot);
                    case PRESENT -> {}
                }
            }

            @Override
            public void damaged(FormatException what) {
                damage("snapshot " + snapshot + ": " + what.getMessage());
            }
        });
        long rows = 0;
        for (StoredSnapshot one : catalog.snapshots()) {
            snapshot = one.shortId();
            rows += references.follow(one.root());
        }
        outside.forEach(
                one -> damage("snapshot " + one + " needs blobs that are only in packs which no index file names:"
                        + " index files are lost, and a prune would take these packs for the rest of a crashed writer. What is in"
                        + " them can be restored; a backup with --force stores again what is still there of it"));
        return new CheckResult(catalog.snapshots().size(), rows, damages);
    }

    private void damage(String message) {
        damages++;
        job.problems().add(new Problem(RawPath.ROOT, Problem.Severity.ERROR, "damage", message));
    }
}
