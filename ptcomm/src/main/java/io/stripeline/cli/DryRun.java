package io.stripeline.cli;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.flow.Stopped;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.scan.ScanSpec;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What a backup would read: a walk compared with what earlier backups know. Counts ENTRIES, UNCHANGED, UNCHANGED_BYTES,
 * and as BYTES the sizes of the files that would be read.
 */
final class DryRun {
    /** Batches between the walk and the comparison: one in work, one behind it. */
    private static final int BATCHES = 2;

    private DryRun() {}

    /** @param thread where {@code base} is asked, since that reads the store */
    static Mono<Report> count(Volume volume, ScanSpec spec, Base base, Scheduler thread, Job job) {
        return volume.scan(spec, job)
                .publishOn(thread, BATCHES)
                .doOnNext(batch -> Stopped.run("The comparison", () -> compare(batch, base, job)))
                .then(Mono.fromSupplier(() -> Report.of("", job)));
    }

    private static void compare(InodeBatch batch, Base base, Job job) {
        for (int row = 0; row < batch.size(); row++) {
            boolean file = (batch.mode(row) & FileType.MASK) == FileType.REGULAR.bits();
            long bytes = file ? batch.sizeBytes(row) : 0;
            job.progress().add(Counter.ENTRIES, 1);
            if (base.unchanged(batch, row) != null) {
                job.progress().add(Counter.UNCHANGED, 1);
                job.progress().add(Counter.UNCHANGED_BYTES, bytes);
            } else {
                job.progress().add(Counter.BYTES, bytes);
            }
        }
        Unread.count(batch, job);
    }
}
