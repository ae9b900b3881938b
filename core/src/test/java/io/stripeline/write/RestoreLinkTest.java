package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.flow.Report;
import io.stripeline.posix.Processes;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.write.RestorePlan.Overwrite;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A further name of an inode whose first name the rules left as it is. */
class RestoreLinkTest {
    @TempDir
    Path work;

    private Target target;

    @BeforeEach
    void makeTarget() {
        target = new Target(work, true);
    }

    private void there(int mode) {
        DiskTree.add(work, "", Tree.file("first", 3).mode(mode).mtime(Items.TIME.seconds(), Items.TIME.nanos()));
    }

    private Report restore(Items items) {
        return target.restore(items, RestorePlan.same().overwrite(Overwrite.NEWER));
    }

    private static Items private600() {
        return new Items().names(2).mode(0600).file("first", "new").link("link", "first", "new");
    }

    private void assertRefused(Report report) {
        assertThat(report.problems().toString())
                .contains("link: its other name first is not the file of the snapshot")
                .contains("or restore this path alone, which makes it a file of its own");
        assertThat(target.names()).containsExactly("first");
    }

    @Test
    void isLinkedToOneOfTheSameOwnerAndMode() {
        there(0600);
        assertThat(restore(private600()).problems()).isEmpty();
        assertThat(target.names()).containsExactly("first", "link");
    }

    @Test
    void isNotLinkedToOneThatGivesMore() {
        there(0666);
        assertRefused(restore(private600()));
    }

    @Test
    void isNotLinkedToAFileOfSomebodyElse() throws Exception {
        assumeTrue(Processes.isRoot(), "only root can give a file to somebody else");
        there(0600);
        Files.setAttribute(work.resolve("first"), "unix:uid", 12);
        assertRefused(restore(private600()));
    }
}
