package io.stripeline.dedup;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import io.stripeline.snapshot.References;
import io.stripeline.snapshot.SnapshotRoot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Follows all roots of a store and proves that everything they need is there and makes sense. */
final class StoreCheck {
    private final Engine engine;
    private final Job job;
    private String snapshot = "";
    private final Set<String> outside = new LinkedHashSet<>();
    private final Set<String> harmed = new HashSet<>();
    private final Map<SnapshotRoot, String> names = new HashMap<>();
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
            public boolean needs(BlobKind kind, BlobId id) {
                Engine.Presence presence = engine.presence(id);
                switch (presence) {
                    case ABSENT -> harm(" needs blob " + id + ", which is not in the store");
                    case OUTSIDE_INDEX -> outside.add(snapshot);
                    case PRESENT -> {}
                }
                return presence == Engine.Presence.PRESENT;
            }

            @Override
            public void damaged(FormatException what) {
                harm(": " + what.getMessage());
            }

            @Override
            public void shares(SnapshotRoot first) {
                String other = names.getOrDefault(first, "");
                if (outside.contains(other)) {
                    outside.add(snapshot);
                }
                if (harmed.contains(other)) {
                    harm(" shares blocks with snapshot " + other + ", and damage that is told of there");
                }
            }
        });
        long rows = 0;
        for (StoredSnapshot one : catalog.snapshots()) {
            snapshot = one.shortId();
            names.put(one.root(), snapshot);
            rows += references.follow(one.root());
        }
        outside.forEach(
                one -> damage("snapshot " + one + " needs blobs that are only in packs which no index file names:"
                        + " index files are lost, and a prune would take these packs for the rest of a crashed writer. What is in"
                        + " them can be restored; a backup with --force stores again what is still there of it"));
        return new CheckResult(catalog.snapshots().size(), rows, damages);
    }

    private void harm(String what) {
        harmed.add(snapshot);
        damage("snapshot " + snapshot + what);
    }

    private void damage(String message) {
        damages++;
        job.problems().add(new Problem(RawPath.ROOT, Problem.Severity.ERROR, "damage", message));
    }
}
