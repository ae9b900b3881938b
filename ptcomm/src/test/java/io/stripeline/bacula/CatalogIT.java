package io.stripeline.bacula;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs that Bacula makes of other jobs without asking the plugin: what comes after them finds its base. */
final class CatalogIT {
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static Path started(String name) throws Exception {
        Path tree = lab.tree(name);
        Files.createDirectory(tree.resolve("other"));
        Files.writeString(tree.resolve("first"), "1");
        Files.createLink(tree.resolve("other/linked"), tree.resolve("first"));
        lab.define(name, "-j", "Next Pool = LabNext", "stripeline: path=" + tree);
        return tree;
    }

    private static void incrementalAndRestore(String name, Path tree) throws Exception {
        Thread.sleep(3100);
        Files.writeString(tree.resolve("last"), "x");
        JobResult last = lab.run(name, "Incremental").good();
        Assertions.assertThat(lab.names(last.id(), tree)).contains("/last").doesNotContain("/first");
        Path target = lab.target(name);
        lab.restore(List.of(last.id()), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    @Test
    void virtualFull() throws Exception {
        Path tree = started("virtual");
        Thread.sleep(3100);
        lab.run("virtual", "Full").good();
        Thread.sleep(3100);
        Files.writeString(tree.resolve("second"), "2");
        lab.run("virtual", "Incremental").good();
        lab.run("virtual", "VirtualFull").good();
        incrementalAndRestore("virtual", tree);
    }

    @Test
    void copyAndMigration() throws Exception {
        for (String kind : List.of("Copy", "Migrate")) {
            String name = kind.toLowerCase(java.util.Locale.ROOT);
            Path tree = started(name);
            Thread.sleep(3100);
            lab.run(name, "Full").good();
            lab.configure("do-" + name, """
                    Job {
                      Name = do-%1$s
                      Type = %2$s
                      Selection Type = Job
                      Selection Pattern = "^%1$s$"
                      Pool = LabPool
                      Next Pool = LabNext
                      Client = lab-fd
                      Storage = LabStorage
                      Messages = Standard
                      FileSet = LabNone
                    }
                    """.formatted(name, kind));
            lab.run("do-" + name, "Full").good();
            incrementalAndRestore(name, tree);
        }
    }
}
