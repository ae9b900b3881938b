package io.stripeline.dedup;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.References;

/** Follows all roots of a store and proves that everything they need is there and makes sense. */
final class StoreCheck {
    private final Engine engine;
    private final Job job;
    private String snapshot = "";
    private long damages;

    StoreCheck(Engine engine, Job job) {
        this.engine = engine;
        this.job = job;
    }

    /** @param readData read every pack to its end and prove every chunk, not only what listings need */
    CheckResult run(boolean readData) {
        engine.check(readData, this::damage);
        Catalog catalog = Catalog.of(engine, job.problems());
        damages += catalog.damaged();
        References references = new References(engine, new References.Visitor() {
            @Override
            public void needs(BlobKind kind, BlobId id) {
                if (!engine.contains(id)) {
                    damage("snapshot " + snapshot + " needs blob " + id + ", which is not in the store");
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
        return new CheckResult(catalog.snapshots().size(), rows, damages);
    }

    private void damage(String message) {
        damages++;
        job.problems().add(new Problem(RawPath.ROOT, Problem.Severity.ERROR, "damage", message));
    }
}
