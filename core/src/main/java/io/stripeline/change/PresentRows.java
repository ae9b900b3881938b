package io.stripeline.change;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.PosixException;
import io.stripeline.scan.ScanSpec;
import io.stripeline.scan.Selected;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import reactor.core.publisher.Flux;

/** Makes rows of what is there: names that changed, one by one, then renamed and lost directories by a walk. */
final class PresentRows {
    private final Settled settled;
    private final Volume volume;
    private final ScanSpec spec;
    private final Job job;

    PresentRows(Settled settled, Volume volume, ScanSpec spec, Job job) {
        this.settled = settled;
        this.volume = volume;
        this.spec = spec;
        this.job = job;
    }

    Flux<InodeBatch> batches() {
        return Flux.concat(settled.eachChange(this::findMoved), Flux.defer(this::changed), Flux.defer(this::again))
                .filter(batch -> batch.size() > 0 || !batch.failures().isEmpty())
                .doOnNext(this::count);
    }

    /** Gives batches only for what failed: without a renamed directory's place anything may be missing. */
    private List<InodeBatch> findMoved(List<Change> changes) {
        List<InodeBatch> failures = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Change.Moved moved) {
                try {
                    settled.source.paths(moved.directory()).forEach(settled.moved::add);
                } catch (PosixException failed) {
                    InodeBatch batch = new InodeBatch();
                    batch.addFailure(new ScanFailure(Dir.root(), new byte[0], failed));
                    failures.add(batch);
                }
            }
        }
        return failures;
    }

    private Flux<InodeBatch> changed() {
        Selected selected = new Selected(spec, settled.source::inode, job);
        return settled.eachChange(changes -> new Looks(settled.source, settled.where, this::isWanted).at(changes))
                .map(selected::of);
    }

    private boolean isWanted(RawPath path) {
        return !settled.moved.covers(path) && settled.looked.add(path.toBytes());
    }

    private Flux<InodeBatch> again() {
        if (settled.moved.isEmpty() && settled.lost.isEmpty()) {
            return Flux.empty();
        }
        ScanSpec these = spec.gate(settled.moved.gate(settled.lost, spec.gate(), job.progress()));
        Subtrees.Rows moved = settled.moved.rows();
        Subtrees.Rows lost = settled.lost.rows();
        return volume.scan(these, new Job(new Progress(), job.problems(), job.clock()))
                .map(batch -> {
                    BitSet rows = new BitSet(batch.size());
                    for (int row = 0; row < batch.size(); row++) {
                        rows.set(row, moved.covers(batch, row) || lost.covers(batch, row) && !hasRow(batch, row));
                    }
                    return rows.cardinality() == batch.size() ? batch : batch.only(rows);
                });
    }

    /** A directory may come twice: the base has to see it with what is below it. */
    private boolean hasRow(InodeBatch batch, int row) {
        return FileType.of(batch.mode(row)) != FileType.DIRECTORY
                && settled.looked.contains(batch.path(row).toBytes());
    }

    private void count(InodeBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            FileType type = FileType.of(batch.mode(row));
            job.progress().add(Counter.DIRECTORIES, type == FileType.DIRECTORY ? 1 : 0);
            job.progress().add(Counter.SCANNED_BYTES, type == FileType.REGULAR ? batch.sizeBytes(row) : 0);
        }
        job.progress().add(Counter.SCANNED, batch.size());
    }
}
