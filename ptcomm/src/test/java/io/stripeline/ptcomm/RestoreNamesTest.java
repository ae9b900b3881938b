package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which names a restore makes of those that the plugin says, and which it refuses or leaves. */
class RestoreNamesTest extends RestoreTalk {
    // ---- names

    @Test
    void namesThatLeadElsewhereAreSkippedAndTold() throws IOException {
        stock();
        List<String> names =
                List.of("", "data/f", "../f", "/", "/data/../etc/passwd", "/data/./f", "/data//f", "/..", "/data/..");
        for (String name : names) {
            plugin.file(name, "F 3 0 0 100644 1 0", TIMES);
            assertThat(plugin.answer()).as(name).containsExactly(name.equals("/") ? "C OK" : "C SKIP");
        }
        plugin.anyName("/a\0b".getBytes(StandardCharsets.US_ASCII), "F 3 0 0 100644 1 0");
        assertThat(plugin.answer()).containsExactly("C SKIP");
        plugin.file("/data/good", "E 0 0 0 100644 1 0", TIMES);
        ok();
        assertThat(finished()).contains("Begin data/good").noneMatch(item -> item.contains("passwd"));
        assertThat(causes()).contains("9 ERROR refused: name");
        assertThat(job.progress().get(Counter.FAILED)).isEqualTo(9);
    }

    @Test
    void escapedNamesAreExactBehindThePrefix() throws IOException {
        stock("Where=/restore");
        plugin.file("/restore/data/back\\\\slash\\x20", "E 0 0 0 100644 1 0", TIMES)
                .attached("XATTR", blob("/data/back\\slash ", true, 0100644, 0, null));
        ok();
        ok();
        plugin.file("/restore/data/looks\\x20", "E 0 0 0 100644 1 0", TIMES)
                .attached("XATTR", file("/data/looks\\x20", 0));
        ok();
        ok();
        assertThat(finished())
                .contains("Begin restore/data/back\\\\slash  user.note", "Begin restore/data/looks\\\\x20 user.note");
        assertThat(causes()).isEmpty();
    }

    /** The place of production data is never guessed from a blob. */
    @Test
    void anEscapedNameThatWasRenamedStaysWhereItWasSent() throws IOException {
        stock("RegexWhere=!/data/(.*)$!/new/\\1.old!");
        plugin.file("/new/x\\x20.old", "E 0 0 0 100644 1 0", TIMES)
                .attached("XATTR", blob("/data/x ", true, 0100644, 0, null));
        ok();
        ok();
        assertThat(finished()).contains("Begin new/x\\\\x20.old user.note");
    }

    @Test
    void aLongFileIsPlacedByItsLookOnlyWhereItsBlobIsNotThereYet() throws IOException {
        stock();
        plugin.file("/data/looks\\x20", "F 300000 0 0 100644 1 0", TIMES)
                .attached("METADATA_STREAM", file("/data/looks\\x20", 300_000));
        ok();
        ok();
        plugin.data(ones(300_000));
        ok();
        plugin.file("/data/is\\x20", "F 300000 0 0 100644 1 0", TIMES).data(ones(300_000));
        ok();
        ok();
        plugin.attached("XATTR", blob("/data/is ", true, 0100644, 300_000, null));
        ok();
        assertThat(finished()).contains("Begin data/looks\\\\x20 user.note", "Begin data/is ");
        assertThat(causes()).isEmpty();
    }

    @Test
    void aWrongGuessIsTold() throws IOException {
        stock();
        plugin.file("/data/looks\\x20", "F 300000 0 0 100644 1 0", TIMES).data(ones(300_000));
        ok();
        ok();
        plugin.attached("XATTR", file("/data/looks\\x20", 300_000));
        ok();
        assertThat(finished()).contains("Begin data/looks ");
        assertThat(causes()).containsExactly("1 ERROR escaped name");
        assertThat(messages()).contains("its true name is '/data/looks\\\\x20'");
    }

    @Test
    void whatIsNamedInTheJobMayLeadThroughSymlinks(@TempDir Path work) throws IOException {
        Path real = Files.createDirectory(work.resolve("real"));
        Path link = Files.createSymbolicLink(work.resolve("link"), real);
        stock("Where=" + link + "//");
        plugin.file(link + "/data/f", "E 0 0 0 100644 1 0", TIMES);
        ok();
        assertThat(finished()).contains("Begin " + real.toString().substring(1) + "/data/f");
    }

    // ---- links

    @Test
    void theFirstNameOfALinkIsWhatThePluginSays() throws IOException {
        ours("RegexWhere=!x!y!");
        link("/data/a.old", "/data/a", "/data/b", "LSTAT:/data/b.old");
        link("/data/a.old", "/data/a", "/data/b ", "LSTAT:/data/b\\x20.old");
        link("/restore/data/a", "/data/a", "/data/b ", "LSTAT:/restore/data/b\\x20");
        assertThat(finished())
                .containsExactly(
                        "Link data/a.old to data/b.old",
                        "Link data/a.old to data/b\\\\x20.old",
                        "Link restore/data/a to restore/data/b ");
        assertThat(causes()).isEmpty();
    }

    /** A stock plugin does not say it. */
    @Test
    void theFirstNameOfALinkIsChangedAsItsOwnWas() throws IOException {
        stock("Where=/restore");
        link("/restore/data/b/link", "/data/b/link", "/data/a/first");
        link("/elsewhere/b/link", "/data/b/link", "/data/a/first");
        link("/data/b/link", "/data/b/link", "/data/a/first");
        link("/b/link", "/data/b/link", "/data/a/first");
        assertThat(finished())
                .containsExactly(
                        "Link restore/data/b/link to restore/data/a/first",
                        "Link elsewhere/b/link to elsewhere/a/first",
                        "Link data/b/link to data/a/first",
                        "Link b/link to a/first");
        assertThat(causes()).isEmpty();
    }

    /** In a restore beside the original that would be a name of the original. */
    @Test
    void theFirstNameOfALinkIsNeverTheOneAtTheBackupForWantOfAnother() throws IOException {
        stock("RegexWhere=!x!y!");
        link("/data/a.old", "/data/a", "/data/b");
        link("/data/a.oa", "/data/a", "/data/b");
        link("/data/a.old.old", "/data/a.old", "/data/a2");
        link("/new/b/link", "/data/b/link", "/database/first");
        link("/new/b/link", "/data/b/link", "/other/first");
        assertThat(finished()).isEmpty();
        assertThat(causes()).containsExactly("5 ERROR refused: name");
        assertThat(messages())
                .contains(
                        "data/a.old: is not restored, since it is one more name of '/data/b': what that is called now");
        assertThat(job.progress().get(Counter.FAILED)).isEqualTo(5);
    }

    private void link(String name, String saved, String first, String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(TIMES));
        lines.addAll(List.of(more));
        plugin.file(name, "L 3 0 0 100644 2 4", lines.toArray(String[]::new))
                .attached("METADATA_STREAM", blob(saved, false, 0100644, 3, first));
        ok();
        ok();
    }

    @Test
    void aLinkToAnUnknownOrHostileFirstNameIsToldAndLeftOut() throws IOException {
        ours();
        plugin.file("/data/a", "L 3 0 0 100644 2 4", TIMES)
                .attached("METADATA_STREAM", blob("/data/a", false, 0100644, 3, "/data/../../etc/shadow"));
        ok();
        ok();
        plugin.file("/data/b", "L 3 0 0 100644 2 4", TIMES);
        ok();
        assertThat(finished()).isEmpty();
        assertThat(causes())
                .containsExactly("1 ERROR refused: name", "1 WARNING foreign attributes", "1 ERROR lost link");
    }

    @Test
    void targetsOfSymlinksAreExactUnlessThePrefixIsInFront() {
        assertThat(target("/etc/x", "/etc/x")).isEqualTo("/etc/x");
        assertThat(target("/etc/x ", "/etc/x\\x20")).isEqualTo("/etc/x ");
        assertThat(target("/etc/x ", "/restore/etc/x\\x20")).isEqualTo("/restore/etc/x ");
        assertThat(target("/etc/x", "/restore/etc/x")).isEqualTo("/restore/etc/x");
        assertThat(target("../x", "/restore/../x")).isEqualTo("../x");
        assertThat(target("/etc/x", "")).isEqualTo("/etc/x");
    }

    private static String target(String saved, String wire) {
        return new String(
                RestoredNames.target(
                        saved.getBytes(StandardCharsets.US_ASCII), wire.getBytes(StandardCharsets.US_ASCII)),
                StandardCharsets.US_ASCII);
    }

    // ---- what is there

    @Test
    void whatStaysIsNotSentAndAnEscapedNameIsNotTakenForAnother(@TempDir Path work) throws IOException {
        Files.writeString(work.resolve("there"), "x");
        Files.writeString(work.resolve("a\\x20"), "x");
        Files.createDirectory(work.resolve("d"));
        stock("Replace=n");
        plugin.file(work + "/there", "F 3 0 0 100644 1 0", TIMES);
        assertThat(plugin.answer()).containsExactly("C SKIP");
        plugin.file(work + "/a\\x20", "E 0 0 0 100644 1 0", TIMES)
                .attached("XATTR", blob(work + "/a ", true, 0100644, 0, null));
        ok();
        ok();
        plugin.file(work + "/d/", "D 0 0 0 040755 2 0", TIMES);
        ok();
        assertThat(finished()).anyMatch(item -> item.endsWith("/a  user.note")).anyMatch(item -> item.endsWith("/d"));
        assertThat(job.progress().get(Counter.SKIPPED)).isEqualTo(1);
    }

    @Test
    void aLayoutThatNoObjectHasIsTold() throws IOException {
        ours();
        plugin.file("/data/f", "E 0 0 0 100644 1 0", "X-LAYOUT:00000000000000ff", TIMES);
        ok();
        finished();
        assertThat(causes()).contains("1 WARNING lost layout");
        assertThat(job.problems().count(Problem.Severity.ERROR)).isZero();
    }
}
