package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem.Severity;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.OrdinaryUser;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an ordinary user cannot bring back is told once per cause; everything else is there. */
class RestoreAsUserTest {
    @Test
    void cases() throws Exception {
        OrdinaryUser.run(Cases.class);
    }

    static class Cases {
        @TempDir
        Path work;

        private static Items foreign() {
            Attributes extra = new Attributes(
                    new byte[0],
                    List.of(
                            new Xattr(Items.bytes("trusted.x"), new byte[] {1}),
                            new Xattr(Items.bytes("user.x"), new byte[] {2})),
                    0,
                    0,
                    null);
            Items items = new Items()
                    .owner(12)
                    .mode(06755)
                    .file("a", "x")
                    .file("b", "y")
                    .mode(0555)
                    .dir("d");
            return items.owner(items.user())
                    .mode(0400)
                    .with(extra)
                    .file("read-only", "z")
                    .mode(04755)
                    .file("mine", "z")
                    .node("null", FileType.CHARACTER_DEVICE);
        }

        @Test
        void foreignOwnersAndTrustedAttributesAreWarnings() {
            Report report =
                    new Target(work, true).restore(foreign(), RestorePlan.same().devices(true));

            assertThat(report.get(Counter.FAILED)).isZero();
            assertThat(report.problems().toString())
                    .contains("cause=owner: EPERM, severity=WARNING, count=3")
                    .contains("cause=xattr trusted.*: EPERM, severity=WARNING, count=2")
                    .contains("cause=device, severity=WARNING, count=1");
            TreeFacts facts = DiskFacts.of(work);
            assertThat(facts.get("a").mode()).isEqualTo(02755);
            assertThat(facts.get("mine").mode()).isEqualTo(04755);
            assertThat(facts.get("read-only").mode()).isEqualTo(0400);
            assertThat(facts.get("read-only").xattrs()).hasSize(1);
            assertThat(facts.get("a").mtime()).isEqualTo(Items.TIME);
            assertThat(facts.get("d").mode()).isEqualTo(0555);
        }

        /** A file whose mode and times this user cannot set, as on a filesystem that knows neither. */
        @Test
        void aModeOrTimesThatAreRefusedDoNotTakeTheContent() {
            Job job = Job.start();
            Inode inode = new Items().owner(0).inode(FileType.REGULAR, 0);
            try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, Items.bytes("/etc/passwd"), Fcntl.O_RDONLY, 0)) {
                new Setter(new Losses(job, false)).open(fd.number(), RawPath.of("f"), inode, Attributes.NONE, false);
            }
            Report report = Report.of("", job);
            assertThat(report.get(Counter.FAILED)).isZero();
            assertThat(report.problems().toString())
                    .contains("cause=mode: EPERM, severity=ERROR, count=1")
                    .contains("cause=times: EPERM, severity=ERROR, count=1");
        }

        @Test
        void aRequiredOwnerIsAnError() {
            Report report =
                    new Target(work, true).restore(foreign(), RestorePlan.same().requireOwner(true));
            assertThat(report.count(Severity.ERROR)).isEqualTo(3);
        }

        @Test
        void aDirectoryThatTakesNothingFailsItsEntriesOnly() {
            DiskTree.add(work, "", Tree.dir("shut").mode(0500));
            Report report = new Target(work, true)
                    .restore(new Items().file("shut/f", "x").file("good", "x"));
            assertThat(report.problems()).singleElement().satisfies(group -> {
                assertThat(group.cause()).isEqualTo("open: EACCES");
                assertThat(group.first().get(0).message()).startsWith("open shut/f: EACCES (Permission denied). ");
            });
            assertThat(new Target(work, true).names()).containsExactly("good", "shut");
        }
    }
}
