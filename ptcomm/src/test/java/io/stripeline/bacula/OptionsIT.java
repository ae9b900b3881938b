package io.stripeline.bacula;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The console's plugin options at a restore: prompted from what the full backup has saved. */
final class OptionsIT {
    /** One backend serves both lines, and the Director asks for each of them. */
    @Test
    void answersHoldForAllPluginLines() throws Exception {
        BaculaLab lab = BaculaLab.up();
        Path one = lab.tree("answers-one");
        Path two = lab.tree("answers-two");
        for (Path tree : List.of(one, two)) {
            Files.writeString(tree.resolve("file"), "saved");
            lab.run(List.of("mkfifo", tree.resolve("fifo").toString()), "");
        }
        lab.define("answers", "stripeline: path=" + one, "stripeline: path=" + two);
        JobResult full = lab.run("answers", "Full").good();
        Path target = lab.target("answers");
    }
}
