package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Restores of jobs that were not told what was deleted: the tree, and what is no more in it. */
final class Leftovers {
    private Leftovers() {}

    /**
     * Compares everything: {@code copy} is {@code tree} and these.
     *
     * @param left names relative to the root, what is below a directory before it
     */
    static void assertSameBut(BaculaLab lab, Path tree, Path copy, List<String> left) throws Exception {
        Path time = Files.createTempFile("stripeline-lab-", ".time");
        lab.run(List.of("touch", "-r", copy.toString(), time.toString()), "");
        for (String name : left) {
            assertThat(copy.resolve(name)).exists();
            assertThat(Files.exists(tree.resolve(name), LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
            Files.delete(copy.resolve(name));
        }
        lab.run(List.of("touch", "-m", "-r", time.toString(), copy.toString()), "");
        Files.delete(time);
        lab.assertSame(tree, copy);
    }
}
