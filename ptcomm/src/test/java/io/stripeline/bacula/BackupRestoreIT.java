package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into a full backup comes out of its restore, where and as the restore says. */
final class BackupRestoreIT {
    private static BaculaLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = BaculaLab.up();
    }

    /** With all of our extension, and without batches: to the nanosecond, names of any bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"", " slx=meta,seen,tally,holes,accept,one"})
    void aHostileTreeComesBack(String options) throws Exception {
        String name = options.isEmpty() ? "hostile" : "hostile-unbatched";
        Path tree = lab.hostile(name);
        lab.define(name, "stripeline: path=" + tree + options);
        JobResult full = lab.run(name, "Full").good();
        Path target = lab.target(name);
        lab.restore(List.of(full.id()), "where=" + target).good();
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    /** By the rules of a stock plugin: metadata is in the blob beside the attributes. */
    @Test
    void aHostileTreeComesBackByTheStockRules() throws Exception {
        Path tree = lab.hostile("hostile-stock");
        lab.define("hostile-stock", "stripeline: path=" + tree + " slx=off");
        JobResult full = lab.run("hostile-stock", "Full");
        assertThat(full.status()).as(full.log()).isEqualTo("T");
        Path target = lab.target("hostile-stock");
        JobResult restored = lab.restore(List.of(full.id()), "where=" + target);
        assertThat(restored.status()).as(restored.log()).isEqualTo("T");
        lab.assertSame(tree, Path.of(target + "" + tree));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " slx=off"})
    void estimateFindsWhatABackupSaves(String options) throws Exception {
        String name = "estimate" + options.replaceAll("[^a-z]", "");
        Path tree = lab.tree(name);
        for (int i = 0; i < 300; i++) {
            Files.writeString(tree.resolve("f" + i), "x".repeat(i));
        }
        lab.define(name, "stripeline: path=" + tree + options);
        String estimate = lab.console("estimate job=" + name).replace(",", "");
        JobResult full = lab.run(name, "Full").good();
        List<String> saved = lab.names(full.id(), tree);
        assertThat(saved).hasSize(301);
        assertThat(estimate).contains("files=" + saved.size() + " ");
    }

    /** With our extension and as with a stock plugin, which is told one name after the other. */
    @ParameterizedTest
    @ValueSource(strings = {"", " slx=off"})
    void listingAndQuery(String options) throws Exception {
        Path tree = lab.tree("listing");
        Files.createDirectory(tree.resolve("below"));
        Files.writeString(tree.resolve("one"), "x");
        Files.createSymbolicLink(tree.resolve("pointer"), Path.of("one"));
        for (int i = 0; i < 600; i++) {
            Files.createFile(tree.resolve("many" + i));
        }
        String command = "plugin=\"stripeline: path=" + tree + options + "\"";
        String listing = lab.console(".ls client=lab-fd " + command + " path=" + tree);
        assertThat(listing.lines().filter(line -> line.matches("-.* many[0-9]+")))
                .as(listing)
                .hasSize(600);
        assertThat(listing)
                .containsPattern("\nd.* below/")
                .containsPattern("\n-.* one")
                .containsPattern("\nl.* pointer");
        String below = lab.console(".ls client=lab-fd " + command + " path=" + tree.resolve("below"));
        assertThat(below).doesNotContain("many1").doesNotContain("Error");
        assertThat(lab.console(".query client=lab-fd " + command + " parameter=version"))
                .contains("version=stripeline 0.1.0");
    }

    @Test
    void twoPluginLinesAndFilesBeside() throws Exception {
        Path one = lab.tree("two-one");
        Path two = lab.tree("two-two");
        Path stock = lab.tree("two-stock");
        for (Path tree : List.of(one, two, stock)) {
            Files.writeString(tree.resolve("file"), tree.toString());
        }
        lab.define("two", stock.toString(), "stripeline: path=" + one, "stripeline: path=" + two);
        JobResult full = lab.run("two", "Full").good();
        Path target = lab.target("two");
        JobResult restored = lab.restore(List.of(full.id()), "where=" + target).good();
        for (Path tree : List.of(one, two)) {
            lab.assertSame(tree, Path.of(target + "" + tree));
        }
        lab.assertAlike(stock, Path.of(target + "" + stock));
        assertThat(restored.files()).isEqualTo(6);
    }

    @Test
    void regexWhereRenames() throws Exception {
        Path tree = lab.tree("regex");
        Files.writeString(Files.createDirectory(tree.resolve("below")).resolve("file"), "x");
        lab.define("regex", "stripeline: path=" + tree);
        JobResult full = lab.run("regex", "Full").good();
        Path target = lab.target("regex-out");
        lab.restore(List.of(full.id()), "regexwhere=!" + tree + "!" + target + "!")
                .good();
        assertThat(target.resolve("below/file")).hasContent("x");
    }

    @Test
    void replaceModes() throws Exception {
        Path tree = lab.tree("replace");
        Path file = tree.resolve("file");
        Files.writeString(file, "saved");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_600_000_000_000L));
        lab.define("replace", "stripeline: path=" + tree);
        JobResult full = lab.run("replace", "Full").good();
        for (String mode : List.of("always", "never", "ifnewer", "ifolder")) {
            for (long there : new long[] {1_500_000_000_000L, 1_700_000_000_000L}) {
                Path target = lab.target("replace");
                Path copy = Path.of(target + "" + file);
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, "there before");
                Files.setLastModifiedTime(copy, FileTime.fromMillis(there));
                lab.restore(List.of(full.id()), "where=" + target, "replace=" + mode)
                        .good();
                boolean older = there < 1_600_000_000_000L;
                boolean replaced = switch (mode) {
                    case "always" -> true;
                    case "never" -> false;
                    case "ifnewer" -> older;
                    default -> !older;
                };
                assertThat(copy).as(mode + " " + there).hasContent(replaced ? "saved" : "there before");
            }
        }
    }

    @Test
    void verifyOfTheVolume() throws Exception {
        Path tree = lab.tree("verify");
        Files.writeString(tree.resolve("file"), "x".repeat(100_000));
        lab.define("verify", "stripeline: path=" + tree);
        lab.configure("verify-volume", """
                Job {
                  Name = verify-volume
                  Type = Verify
                  Level = VolumeToCatalog
                  Verify Job = verify
                  Client = lab-fd
                  Storage = LabStorage
                  Pool = LabPool
                  Messages = Standard
                  FileSet = verify
                }
                """);
        lab.run("verify", "Full").good();
        lab.run("verify-volume", "VolumeToCatalog").good();
        lab.configure("verify-data", """
                Job {
                  Name = verify-data
                  Type = Verify
                  Level = Data
                  Verify Job = verify
                  Client = lab-fd
                  Storage = LabStorage
                  Pool = LabPool
                  Messages = Standard
                  FileSet = verify
                }
                """);
        lab.run("verify-data", "Data").good();
    }
}
