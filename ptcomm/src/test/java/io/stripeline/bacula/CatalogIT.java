package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that Bacula makes of other jobs without asking the plugin: what comes after them finds its base. */
final class CatalogIT {
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static Path started(String name, String options) throws Exception {
        Path tree = lab.tree(name);
        Files.createDirectory(tree.resolve("other"));
        Files.writeString(tree.resolve("first"), "1");
        Files.createLink(tree.resolve("other/linked"), tree.resolve("first"));
        lab.define(name, "-j", "Next Pool = LabNext", "stripeline: path=" + tree + options);
        return tree;
    }

    private static void incrementalAndRestore(String name, Path tree) throws Exception {
        Thread.sleep(3100);
        Files.writeString(tree.resolve("last"), "x");
        JobResult last = lab.run(name, "Incremental").good();
        assertThat(lab.names(last.id(), tree)).contains("/last").doesNotContain("/first");
        assertThat(last.log()).doesNotContain("no cursor of the base job");
        Path target = lab.target(name);
        lab.restore(List.of(last.id()), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    @Test
    void virtualFull() throws Exception {
        Path tree = started("virtual", "");
        Thread.sleep(3100);
        lab.run("virtual", "Full").good();
        Thread.sleep(3100);
        Files.writeString(tree.resolve("second"), "2");
        lab.run("virtual", "Incremental").good();
        lab.run("virtual", "VirtualFull").good();
        incrementalAndRestore("virtual", tree);
    }

    @ParameterizedTest
    @CsvSource({"Copy, ''", "Copy, ' slx=off'", "Migrate, ''"})
    void copyAndMigration(String kind, String options) throws Exception {
        String name = (kind + options).toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        Path tree = started(name, options);
        Thread.sleep(3100);
        JobResult full = lab.run(name, "Full").good();
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
        boolean copied = kind.equals("Copy");
        assertThat(typeOf(full.id())).isEqualTo(copied ? "B" : "M");
        int made = made(full.id(), copied ? "C" : "B");
        Path target = lab.target(name);
        assertThat(lab.restoreAlone(made, "where=" + target).good().log()).contains("\"Next-");
        lab.assertSame(tree, Path.of(target + "" + tree));
        assertThat(Files.isSameFile(
                        Path.of(target + "" + tree.resolve("first")),
                        Path.of(target + "" + tree.resolve("other/linked"))))
                .isTrue();
        incrementalAndRestore(name, tree);
    }

    private static String typeOf(int job) throws Exception {
        return lab.sql("select Type from Job where JobId=" + job).strip();
    }

    /** The one job of that type that Bacula has made of {@code job}. */
    private static int made(int job, String type) throws Exception {
        List<String> all = lab.sql(
                        "select JobId from Job where Type='" + type + "' and JobStatus='T' and PriorJobId=" + job)
                .lines()
                .toList();
        assertThat(all).hasSize(1);
        return Integer.parseInt(all.get(0));
    }
}
