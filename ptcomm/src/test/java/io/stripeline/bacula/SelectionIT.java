package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.wire.RecordType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores of a part: what was chosen comes back, and nothing else but parents and what it is a link to. */
final class SelectionIT {
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    private static void plant(Path tree) throws Exception {
        for (String directory : List.of("taken/below", "left/below")) {
            Files.createDirectories(tree.resolve(directory));
            Files.writeString(tree.resolve(directory).resolve("file"), directory);
        }
        Files.createSymbolicLink(tree.resolve("taken/link"), Path.of("../left/below/file"));
        Files.writeString(tree.resolve("one"), "linked");
        Files.createLink(tree.resolve("two"), tree.resolve("one"));
        for (int i = 0; i < 20; i++) {
            Files.writeString(tree.resolve("f" + i), "content " + i);
        }
    }

    /** With our extension by batches in both directions, without it by none. */
    @ParameterizedTest
    @ValueSource(strings = {"", " slx=off"})
    void onlyWhatWasChosen(String options) throws Exception {
        String name = "select" + options.replaceAll("[^a-z]", "");
        Path tree = lab.tree(name);
        plant(tree);
        lab.define(name, "stripeline: path=" + tree + options);
        WatchedBackend watched = lab.watched();
        int full;
        int restored;
        watched.copy();
        try {
            full = lab.run(name, "Full").good().id();
            restored = aTree(full, tree, name);
        } finally {
            watched.plain();
        }
        boolean extended = options.isEmpty();
        assertThat(watched.fromPlugin(full)).isEmpty();
        assertThat(watched.fromBackend(full).containsKey(RecordType.ITEM)).isEqualTo(extended);
        assertThat(watched.fromPlugin(restored).containsKey(RecordType.ITEM)).isEqualTo(extended);
        assertThat(watched.fromBackend(restored).containsKey(RecordType.RESULT)).isEqualTo(extended);
        aList(full, tree, name);
        names(full, tree, name);
    }

    private static int aTree(int full, Path tree, String name) throws Exception {
        Path target = lab.target(name);
        List<Path> chosen = List.of(tree.resolve("f3"), tree.resolve("f17"), tree.resolve("taken"));
        int restored =
                lab.restoreSome(List.of(full), chosen, "where=" + target).good().id();
        Path copy = Path.of(target + "" + tree);
        lab.assertSame(tree.resolve("taken"), copy.resolve("taken"));
        assertThat(copy.resolve("f3")).hasSameBinaryContentAs(tree.resolve("f3"));
        assertThat(copy.toFile().list()).containsExactlyInAnyOrder("f3", "f17", "taken");
        return restored;
    }

    /** As operators do it who have names and no time to walk through a tree. */
    private static void aList(int full, Path tree, String name) throws Exception {
        Path target = lab.target(name);
        List<Path> chosen = List.of(tree.resolve("f3"), tree.resolve("taken/below/file"));
        assertThat(lab.restoreListed(full, chosen, "where=" + target).good().files())
                .isEqualTo(2);
        Path copy = Path.of(target + "" + tree);
        assertThat(copy.resolve("taken/below/file")).hasContent("taken/below");
        assertThat(copy.toFile().list()).containsExactlyInAnyOrder("f3", "taken");
    }

    /** Of two names of a file one has the content: where the other one is chosen, the Director adds it. */
    private static void names(int full, Path tree, String name) throws Exception {
        for (String link : List.of("one", "two")) {
            Path target = lab.target(name);
            lab.restoreSome(List.of(full), List.of(tree.resolve(link)), "where=" + target)
                    .good();
            assertThat(Path.of(target + "" + tree.resolve(link))).hasContent("linked");
        }
        Path target = lab.target(name);
        lab.restoreSome(List.of(full), List.of(tree.resolve("one"), tree.resolve("two")), "where=" + target)
                .good();
        Path copy = Path.of(target + "" + tree);
        assertThat(Files.isSameFile(copy.resolve("one"), copy.resolve("two"))).isTrue();
    }
}
