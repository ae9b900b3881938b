package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The console's plugin options at a restore, which it prompts from what the full backup has saved. */
final class OptionsIT {
    /**
     * Asked for and answered for the first line only; by stock rules each line has a backend of its own. What is not
     * answered is each line's own.
     */
    @Test
    void answersHoldForAllPluginLines() throws Exception {
        BaculaLab lab = BaculaLab.up();
        Path one = lab.tree("answers-one");
        Path two = lab.tree("answers-two");
        Path three = lab.tree("answers-three");
        for (Path tree : List.of(one, two, three)) {
            Files.writeString(tree.resolve("file"), "saved");
            Files.setAttribute(tree.resolve("file"), "user:note", new byte[] {1});
            lab.run(List.of("mkfifo", tree.resolve("fifo").toString()), "");
        }
        lab.define(
                "answers",
                "stripeline: path=" + one + " xattrs=no",
                "stripeline: path=" + two + " slx=off",
                "stripeline: path=" + three);
        int full = lab.run("answers", "Full").good().id();
        Path target = lab.target("answers");
        Path there = Path.of(target + "" + two.resolve("file"));
        Files.createDirectories(there.getParent());
        Files.writeString(there, "there before");
        String answer = lab.console(
                "restore restorejob=LabRestore client=lab-fd jobid=" + full + " where=" + target + " all done",
                "mod",
                "13", // Plugin Options
                "1", // the first plugin line
                "mod",
                "2", // devices
                "no",
                "mod",
                "3", // overwrite
                "never",
                "yes",
                "yes");
        assertThat(answer)
                .contains("2: devices (Restore devices, sockets and fifos)")
                .containsPattern("Plugin Options: +User specified");
        Matcher queued = Pattern.compile("Job queued\\. JobId=([0-9]+)").matcher(answer);
        assertThat(queued.find()).as(answer).isTrue();
        lab.end(Integer.parseInt(queued.group(1))).good();
        for (Path tree : List.of(one, two, three)) {
            assertThat(Path.of(target + "" + tree).toFile().list()).containsExactly("file");
        }
        assertThat(Path.of(target + "" + one.resolve("file"))).hasContent("saved");
        assertThat(there).hasContent("there before");
        assertThat(notes(target, one)).isEmpty();
        assertThat(notes(target, three)).containsExactly("note");
    }

    private static List<String> notes(Path target, Path tree) throws IOException {
        return Files.getFileAttributeView(
                        Path.of(target + "" + tree.resolve("file")), UserDefinedFileAttributeView.class)
                .list();
    }
}
