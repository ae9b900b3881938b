package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.logged.LoggedTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Incrementals from a log of changes through the real daemons: the backend of this checkout, with the tests' driver
 * {@code fs=logged} beside its own.
 */
final class ChangeLogIT {
    private static final String SCRIPT = """
            #!/bin/bash
            cd '%1$s' && paths=$(<classpath) && exec 2>/dev/null
            exec java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
              -cp "test-classes:classes:$paths" io.stripeline.backend.BackendMain
            """;

    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
        Path script = lab.work().resolve("logged-backend");
        Files.writeString(script, String.format(SCRIPT, lab.checkout().resolve("ptcomm/target")));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        lab.loadBackend(script);
    }

    @AfterAll
    static void restore() throws Exception {
        if (lab != null) {
            lab.loadBackend(null);
        }
    }

    private static LoggedTree started(String name) throws Exception {
        Path root = lab.tree(name);
        for (String aside : List.of(".changes", ".acknowledged")) {
            Files.deleteIfExists(root.resolveSibling(name + aside));
        }
        LoggedTree tree = new LoggedTree(root);
        tree.directory("dir");
        tree.directory("dir/deeper");
        for (String file : List.of("same", "changes", "goes", "dir/below", "dir/deeper/deep")) {
            tree.write(file, "first " + file);
        }
        tree.link("same", "linked");
        lab.define(name, "-j", "Next Pool = LabNext", "stripeline: path=" + root + " fs=logged");
        return tree;
    }

    private static void change(LoggedTree tree) throws Exception {
        tree.write("changes", "second");
        tree.write("fresh", "fresh");
        tree.remove("goes");
        tree.rename("dir", "renamed");
    }

    private static void assertRestores(String name, int... jobs) throws Exception {
        Path root = lab.work().resolve("data").resolve(name);
        Path target = lab.target(name);
        lab.restore(java.util.Arrays.stream(jobs).boxed().toList(), "where=" + target)
                .good();
        lab.assertSame(root, Path.of(target + "" + root));
    }

    private static Path root(String name) {
        return lab.work().resolve("data").resolve(name);
    }

    /** No accurate mode, and no scan: the log tells what changed and what is gone. */
    @Test
    void changesAndDeletionsWithoutAccurateMode() throws Exception {
        LoggedTree tree = started("logged");
        lab.run("logged", "Full").good();
        change(tree);
        JobResult incremental = lab.run("logged", "Incremental").good();
        assertThat(incremental.log()).contains("what its log tells to have changed since");
        assertThat(lab.names(incremental.id(), root("logged")))
                .contains("/changes", "/fresh", "/renamed/", "/renamed/below", "/renamed/deeper/deep")
                .contains("-/goes", "-/dir/", "-/dir/below", "-/dir/deeper/", "-/dir/deeper/deep")
                .doesNotContain("/same", "/linked");
        assertRestores("logged", incremental.id());
        tree.remove("linked");
        tree.write("renamed/new", "new");
        tree.link("fresh", "fresh too");
        tree.rename("renamed/deeper", "deeper");
        JobResult second = lab.run("logged", "Incremental").good();
        List<String> names = lab.names(second.id(), root("logged"));
        assertThat(names)
                .contains("-/linked", "/same", "/renamed/new", "/fresh", "/fresh too", "/deeper/deep")
                .contains("-/renamed/deeper/deep")
                .doesNotContain("/changes", "/renamed/below");
        assertRestores("logged", second.id());
        JobResult differential = lab.run("logged", "Differential").good();
        assertThat(lab.names(differential.id(), root("logged")))
                .contains("/changes", "/fresh", "/renamed/new", "-/goes", "-/linked", "-/dir/below");
        assertRestores("logged", differential.id());
    }

    @Test
    void anAccurateJobIsAnsweredFromTheLog() throws Exception {
        LoggedTree tree = started("loggedaccurate");
        lab.run("loggedaccurate", "Full", "accurate=yes").good();
        change(tree);
        JobResult incremental =
                lab.run("loggedaccurate", "Incremental", "accurate=yes").good();
        assertThat(incremental.log()).contains("what its log tells to have changed since");
        assertThat(lab.names(incremental.id(), root("loggedaccurate")))
                .contains("/changes", "/fresh", "/renamed/below", "-/goes", "-/dir/below", "-/dir/deeper/deep")
                .doesNotContain("/same", "/linked", "-/same", "-/linked");
        assertRestores("loggedaccurate", incremental.id());
    }

    @Test
    void aVirtualFullKeepsThePlaceInTheLog() throws Exception {
        LoggedTree tree = started("loggedvirtual");
        lab.run("loggedvirtual", "Full").good();
        change(tree);
        lab.run("loggedvirtual", "Incremental").good();
        tree.write("same", "changed after the base of the virtual full");
        lab.run("loggedvirtual", "Incremental").good();
        lab.run("loggedvirtual", "VirtualFull").good();
        tree.write("later", "later");
        JobResult after = lab.run("loggedvirtual", "Incremental").good();
        assertThat(after.log()).contains("what its log tells to have changed since");
        assertThat(lab.names(after.id(), root("loggedvirtual")))
                .contains("/later")
                .doesNotContain("/fresh", "/renamed/below");
        assertRestores("loggedvirtual", after.id());
    }

    @Test
    void aPurgedLogLosesNothing() throws Exception {
        LoggedTree tree = started("loggedpurged");
        lab.run("loggedpurged", "Full").good();
        Thread.sleep(3100); // for the scan by time, which makes up for the log
        change(tree);
        tree.purge();
        JobResult incremental = lab.run("loggedpurged", "Incremental").good();
        assertThat(incremental.log()).contains("does not tell all since the base job");
        assertThat(lab.names(incremental.id(), root("loggedpurged")))
                .contains("/changes", "/fresh", "/renamed/", "/renamed/below", "/renamed/deeper/deep");
        Path target = lab.target("loggedpurged");
        lab.restore(List.of(incremental.id()), "where=" + target).good();
        Path root = root("loggedpurged");
        List<String> left = List.of("goes", "dir/below", "dir/deeper/deep", "dir/deeper", "dir"); // which no scan tells
        Leftovers.assertSameBut(lab, root, Path.of(target + "" + root), left);
    }

    @Test
    void aCancelledJobDoesNotMoveThePlaceInTheLog() throws Exception {
        LoggedTree tree = started("loggedcancel");
        lab.define("loggedcancel", "stripeline: path=" + root("loggedcancel") + " fs=logged rate=1M");
        lab.run("loggedcancel", "Full").good();
        long acknowledged = tree.acknowledged();
        change(tree);
        tree.write("large", "x".repeat(64 << 20));
        int job = lab.start("loggedcancel", "Incremental");
        Midway.of(lab, job, 1 << 20); // in the middle of the file
        lab.console("cancel jobid=" + job + " yes");
        assertThat(lab.end(job).status()).isEqualTo("A");
        assertThat(tree.acknowledged()).isEqualTo(acknowledged);
        tree.write("large", "small by now");
        JobResult next = lab.run("loggedcancel", "Incremental").good();
        assertThat(next.log()).contains("what its log tells to have changed since");
        assertThat(lab.names(next.id(), root("loggedcancel")))
                .contains("/changes", "/fresh", "/large", "/renamed/below", "-/goes", "-/dir/below")
                .doesNotContain("/same");
        assertRestores("loggedcancel", next.id());
    }

    /** Side by side: neither has the log forget what the other one needs. */
    @Test
    void shardsKeepPlacesOfTheirOwn() throws Exception {
        LoggedTree tree = started("loggedshards");
        Path root = root("loggedshards");
        for (int i = 0; i < 8; i++) {
            tree.directory("d" + i);
            tree.write("d" + i + "/f", "f" + i);
        }
        List<String> jobs = List.of("loggedshards1", "loggedshards2");
        for (int i = 1; i <= 2; i++) {
            lab.define(jobs.get(i - 1), "stripeline: path=" + root + " fs=logged shard=" + i + "/2");
        }
        for (int id : List.of(lab.start(jobs.get(0), "Full"), lab.start(jobs.get(1), "Full"))) {
            lab.end(id).good();
        }
        change(tree);
        tree.remove("d3");
        tree.write("d4/f", "other");
        List<JobResult> ended = new ArrayList<>();
        for (int id : List.of(lab.start(jobs.get(0), "Incremental"), lab.start(jobs.get(1), "Incremental"))) {
            ended.add(lab.end(id).good());
        }
        List<String> names = new ArrayList<>();
        for (JobResult job : ended) {
            assertThat(job.log()).contains("what its log tells to have changed since");
            names.addAll(lab.names(job.id(), root));
        }
        assertThat(names)
                .doesNotHaveDuplicates()
                .contains("/changes", "/fresh", "/renamed/below", "/d4/f", "-/goes", "-/dir/below", "-/d3/", "-/d3/f")
                .doesNotContain("/same", "/d5/f");
        assertRestores("loggedshards", ended.get(0).id(), ended.get(1).id());
    }
}
