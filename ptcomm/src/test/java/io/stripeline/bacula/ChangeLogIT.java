package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.logged.LoggedTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        JobResult second = lab.run("logged", "Incremental").good();
        assertThat(lab.names(second.id(), root("logged")))
                .contains("-/linked", "/same", "/renamed/new")
                .doesNotContain("/changes");
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
        JobResult incremental = lab.run("loggedpurged", "Incremental");
        assertThat(incremental.log()).contains("does not tell all since the base job");
        assertThat(lab.names(incremental.id(), root("loggedpurged")))
                .contains("/changes", "/fresh", "/renamed/", "/renamed/below", "/renamed/deeper/deep");
    }
}
