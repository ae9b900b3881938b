package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Incremental, differential and accurate jobs: what they save, what they delete, what a restore of the chain is. */
final class LevelsIT {
    /** What {@link #change} takes away. */
    private static final List<String> GONE = List.of("removed", "renamed", "dir/below/inner", "dir/below", "dir");

    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static Path started(String name) throws Exception {
        Path tree = lab.tree(name);
        Files.createDirectories(tree.resolve("dir/below"));
        for (String file : List.of("same", "changed", "removed", "renamed", "dir/below/inner", "older")) {
            Files.writeString(tree.resolve(file), "first " + file);
        }
        lab.define(name, "stripeline: path=" + tree);
        return tree;
    }

    /** A second of Bacula has to pass, and what was written within the tick of the last job is not taken for unchanged. */
    private static void later() throws InterruptedException {
        Thread.sleep(3100);
    }

    private static void change(Path tree) throws Exception {
        Files.writeString(tree.resolve("changed"), "second");
        Files.writeString(tree.resolve("new"), "new");
        Files.delete(tree.resolve("removed"));
        Files.move(tree.resolve("renamed"), tree.resolve("moved"));
        Files.move(tree.resolve("dir"), tree.resolve("dir2"));
        Files.writeString(tree.resolve("older"), "other than before");
        Files.setLastModifiedTime(tree.resolve("older"), FileTime.fromMillis(1_000_000_000_000L));
        later();
    }

    private static void assertChainIs(Path tree, int job, String name) throws Exception {
        Path target = lab.target(name);
        lab.restore(List.of(job), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    @Test
    void incrementalsAndDifferentials() throws Exception {
        Path tree = started("levels");
        later();
        lab.run("levels", "Full").good();
        later();
        change(tree);
        JobResult incremental = lab.run("levels", "Incremental").good();
        assertThat(lab.names(incremental.id(), tree))
                .contains("/changed", "/new", "/moved", "/dir2/", "/dir2/below/inner", "/older")
                .doesNotContain("/same");
        later();
        Files.writeString(tree.resolve("third"), "3");
        JobResult second = lab.run("levels", "Incremental").good();
        assertThat(lab.names(second.id(), tree)).contains("/third").doesNotContain("/changed", "/same", "/new");
        JobResult differential = lab.run("levels", "Differential").good();
        assertThat(lab.names(differential.id(), tree))
                .contains("/third", "/changed", "/new")
                .doesNotContain("/same");
        Path target = lab.target("levels");
        lab.restore(List.of(differential.id()), "where=" + target).good();
        Leftovers.assertSameBut(lab, tree, Path.of(target + "" + tree), GONE);
    }

    /** As with a stock plugin: nothing is lost but what the protocol has no place for. */
    @Test
    void withoutOurExtension() throws Exception {
        Path tree = started("stocklevels");
        Files.createLink(tree.resolve("linked"), tree.resolve("same"));
        lab.define("stocklevels", "stripeline: path=" + tree + " slx=off");
        later();
        lab.run("stocklevels", "Full", "accurate=yes").good();
        later();
        change(tree);
        JobResult incremental =
                lab.run("stocklevels", "Incremental", "accurate=yes").good();
        assertThat(lab.names(incremental.id(), tree))
                .contains("/changed", "/new", "/moved", "/dir2/below/inner", "-/removed", "-/dir/below/inner");
        Path target = lab.target("stocklevels");
        lab.restore(List.of(incremental.id()), "where=" + target).good();
        lab.assertAlike(tree, Path.of(target + "" + tree));
        JobResult differential =
                lab.run("stocklevels", "Differential", "accurate=yes").good();
        lab.restore(List.of(differential.id()), "where=" + lab.target("stocklevels"))
                .good();
        lab.assertAlike(tree, Path.of(target + "" + tree));
    }

    @Test
    void nothingChanged() throws Exception {
        started("unchanged");
        later();
        lab.run("unchanged", "Full").good();
        later();
        assertThat(lab.run("unchanged", "Incremental").good().files()).isZero();
    }

    @Test
    void accurateKnowsWhatIsGone() throws Exception {
        Path tree = started("accurate");
        later();
        lab.run("accurate", "Full", "accurate=yes").good();
        later();
        change(tree);
        JobResult incremental =
                lab.run("accurate", "Incremental", "accurate=yes").good();
        assertThat(lab.names(incremental.id(), tree))
                .contains("-/removed", "-/renamed", "-/dir/", "-/dir/below/inner", "/changed", "/new", "/older")
                .doesNotContain("/same", "-/same");
        assertChainIs(tree, incremental.id(), "accurate");
        Files.delete(tree.resolve("moved"));
        Files.writeString(tree.resolve("third"), "3");
        JobResult differential =
                lab.run("accurate", "Differential", "accurate=yes").good();
        assertThat(lab.names(differential.id(), tree))
                .contains("-/removed", "-/renamed", "-/dir/", "-/dir/below/inner", "/changed", "/new", "/older")
                .contains("/third", "/dir2/below/inner")
                .doesNotContain("/same", "-/same", "/moved");
        assertChainIs(tree, differential.id(), "accurate");
    }

    @Test
    void accurateByTheStockRules() throws Exception {
        Path tree = started("accurate-stock");
        lab.define("accurate-stock", "stripeline: path=" + tree + " slx=off");
        later();
        lab.run("accurate-stock", "Full", "accurate=yes").good();
        later();
        change(tree);
        JobResult incremental =
                lab.run("accurate-stock", "Incremental", "accurate=yes").good();
        assertThat(lab.names(incremental.id(), tree))
                .contains("/changed", "-/removed")
                .doesNotContain("-/same");
        assertChainIs(tree, incremental.id(), "accurate-stock");
    }
}
