package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.inode.RawPath;
import io.stripeline.testkit.DiskFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A directory to restore into, with a way of resolving paths. */
record Target(Path root, boolean openat2) {
    PosixTreeWriter writer() {
        return openat2 ? PosixTreeWriter.below(root) : PosixTreeWriter.withoutOpenat2(root);
    }

    Report restore(Items items, RestorePlan plan) {
        Report report = Pipelines.run(items.flux(), in -> writer().write(in, plan, Job.start()))
                .block(Duration.ofSeconds(60));
        assertThat(report).isNotNull();
        return report;
    }

    Report restore(Items items) {
        return restore(items, RestorePlan.same());
    }

    /** All names below. */
    List<String> names() {
        List<String> out = new ArrayList<>();
        for (RawPath path : DiskFacts.of(root).paths()) {
            if (!path.isRoot()) {
                out.add(path.toString());
            }
        }
        return out;
    }
}
