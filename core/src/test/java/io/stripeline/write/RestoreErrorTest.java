package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Problems;
import io.stripeline.inode.Dir;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no catch of an exception sees ends a restore as well, on whatever thread it comes up. */
class RestoreErrorTest {
    @TempDir
    Path root;

    private static <T> T broken() {
        throw new NoClassDefFoundError("not linked");
    }

    private void assertEnds(Items items, RestorePlan plan, Problems.Overflow overflow) {
        assertThatThrownBy(() -> Pipelines.run(
                                items.flux(), in -> PosixTreeWriter.below(root).write(in, plan, Job.start(overflow)))
                        .block(Duration.ofSeconds(60)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not linked");
    }

    @Test
    void ofTheThreadThatTakesItems() {
        assertEnds(new Items().file(Dir.root(), "..", "refused"), RestorePlan.same(), problem -> broken());
    }

    @Test
    void ofAWorkerThatReports() {
        assertEnds(new Items().file("f", "content").file("f/g", "fails"), RestorePlan.same(), problem -> broken());
    }

    @Test
    void ofAWorker() {
        assertEnds(
                new Items().file("f", "content").file("g", "content"),
                RestorePlan.same().telling((number, fate) -> broken()),
                problem -> {});
    }

    @Test
    void ofWhoeverIsToldOfADirectory() {
        assertEnds(new Items().dir("d"), RestorePlan.same().telling((number, fate) -> broken()), problem -> {});
    }
}
