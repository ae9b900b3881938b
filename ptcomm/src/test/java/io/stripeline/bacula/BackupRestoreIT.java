package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Ext4Image;
import io.stripeline.testkit.HostileTree;
import io.stripeline.testkit.Tree;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
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

    /**
     * With all of our extension, without batches, and by the rules of a stock plugin, where all but names and content is
     * in the blob beside the attributes: every field comes back, names of any bytes, paths of 8 KB. An estimate finds all
     * of it.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", " slx=meta,seen,tally,holes,accept,one", " slx=off"})
    void theHostileTreeComesBack(String options) throws Exception {
        String name = "hostile" + options.replaceAll("[^a-z]", "");
        Path place = lab.tree(name);
        Path image = lab.target(name + "-image").resolve("ext4");
        try (Ext4Image ext4 = Ext4Image.withProjects(image, lab.seenByDaemons(place))) {
            Path tree = place.resolve("tree");
            lab.plantHostile(tree.resolve("by the script"));
            DiskTree.create(lab.seenByDaemons(tree), hostile(ext4.hasProjects(), options));
            lab.define(name, "stripeline: path=" + tree + options);
            String estimate = lab.console("estimate job=" + name).replace(",", "");
            JobResult full = lab.run(name, "Full");
            assertThat(full.status()).as(full.log()).isEqualTo("T");
            assertThat(estimate).contains("files=" + saved(full) + " ");
            JobResult restored = lab.restore(List.of(full.id()), "where=" + place.resolve("out"));
            assertThat(restored.status()).as(restored.log()).isEqualTo("T");
            lab.assertSame(tree, Path.of(place.resolve("out") + "" + tree));
        }
    }

    /** Without the extension 11 GiB of holes cross every pipe as zeros: SizesIT shows that with a smaller one. */
    private static Tree hostile(boolean projects, String options) {
        Tree tree = HostileTree.ofRoot(projects);
        if (!options.equals(" slx=off")) {
            return tree;
        }
        List<Tree> left = tree.children().stream()
                .filter(child -> child.content().length() < 1L << 30)
                .toList();
        System.out.println("Left out of the hostile tree with slx=off, where holes are sent as zeros: "
                + (tree.children().size() - left.size()) + " files of more than 1 GiB");
        return Tree.root(left);
    }

    /** Names that a job has in the catalog. */
    private static long saved(JobResult job) throws Exception {
        return Long.parseLong(lab.sql("select count(*) from File where FileIndex > 0 and JobId=" + job.id())
                .strip());
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
        Files.writeString(Files.createDirectory(tree.resolve("below")).resolve("inside"), "x");
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
        assertThat(below)
                .containsPattern("\n-.* inside")
                .doesNotContain("many1")
                .doesNotContain("pointer")
                .doesNotContain("Error");
        assertThat(lab.console(".query client=lab-fd " + command + " parameter=version"))
                .contains("version=stripeline 0.1.0");
    }

    /** Each line has a backend of its own in the backup; one serves all of them in the restore, by the whole extension. */
    @Test
    void twoPluginLinesAndFilesBeside() throws Exception {
        Path one = lab.tree("two-one");
        Path two = lab.tree("two-two");
        Path stock = lab.tree("two-stock");
        for (Path tree : List.of(one, two, stock)) {
            Files.writeString(tree.resolve("file"), tree.toString());
        }
        lab.define("two", stock.toString(), "stripeline: path=" + one, "stripeline: path=" + two);
        WatchedBackend watched = lab.watched();
        Path target = lab.target("two");
        JobResult full;
        JobResult restored;
        watched.copy();
        try {
            full = lab.run("two", "Full").good();
            restored = lab.restore(List.of(full.id()), "where=" + target).good();
        } finally {
            watched.plain();
        }
        assertThat(watched.started(full.id())).isEqualTo(2);
        assertThat(watched.started(restored.id())).isEqualTo(1);
        assertThat(watched.fromBackend(full.id()))
                .containsEntry(RecordType.ITEM, 4)
                .containsEntry(RecordType.END, 4);
        assertThat(watched.fromPlugin(restored.id()))
                .containsEntry(RecordType.ITEM, 4)
                .containsEntry(RecordType.END, 4);
        assertThat(watched.fromBackend(restored.id())).containsEntry(RecordType.RESULT, 4);
        for (Path tree : List.of(one, two)) {
            lab.assertSame(tree, Path.of(target + "" + tree));
        }
        lab.assertAlike(stock, Path.of(target + "" + stock));
        assertThat(restored.files()).isEqualTo(6);
    }

    @Test
    void regexWhereRenames() throws Exception {
        Path tree = lab.tree("regex");
        Path file =
                Files.writeString(Files.createDirectory(tree.resolve("below")).resolve("file"), "x");
        Path link = Files.createLink(tree.resolve("below/link"), file);
        lab.define("regex", "stripeline: path=" + tree);
        JobResult full = lab.run("regex", "Full").good();
        Path target = lab.target("regex-out");
        lab.restore(List.of(full.id()), "regexwhere=\"!" + tree + "!" + target + "!,!([^/])$!$1.old!\"")
                .good();
        Path copy = target.resolve("below/file.old");
        assertThat(copy).hasContent("x");
        assertThat(Files.isSameFile(copy, target.resolve("below/link.old"))).isTrue();
        assertThat(Files.getAttribute(copy, "unix:nlink")).isEqualTo(2);
        assertThat(Files.getAttribute(link, "unix:nlink")).isEqualTo(2);
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

    /** Both levels look at all of it; a digest that is not the catalog's fails, and so does a damaged volume. */
    @Test
    void verifyOfTheVolume() throws Exception {
        Path tree = lab.tree("verify");
        byte[] content = new byte[300_000];
        new Random(5).nextBytes(content);
        Files.write(tree.resolve("file"), content);
        Files.writeString(tree.resolve("other"), "x");
        lab.define("verify", "stripeline: path=" + tree);
        lab.configure("verify-volume", verify("VolumeToCatalog"));
        lab.configure("verify-data", verify("Data"));
        JobResult full = lab.run("verify", "Full").good();
        for (String[] level : new String[][] {{"verify-volume", "VolumeToCatalog"}, {"verify-data", "Data"}}) {
            assertThat(lab.run(level[0], level[1]).good().files()).isEqualTo(full.files());
        }
        String digest = "update File set MD5 = reverse(MD5) where JobId=" + full.id() + " and Filename='file'";
        lab.sql(digest);
        JobResult differs = lab.run("verify-volume", "VolumeToCatalog");
        assertThat(differs.status()).as(differs.log()).isEqualTo("D");
        assertThat(differs.log()).contains("File: " + tree.resolve("file")).contains("MD5 digest differs");
        lab.sql(digest);
        damage(lab.volume(full.id()), content);
        JobResult damaged = lab.run("verify-data", "Data");
        assertThat(damaged.status()).as(damaged.log()).isEqualTo("E");
        assertThat(damaged.log()).contains("Block checksum mismatch");
    }

    /** Turns a byte of this content into another one, where it lies on the volume. */
    private static void damage(Path volume, byte[] content) throws Exception {
        String bytes = new String(Files.readAllBytes(volume), StandardCharsets.ISO_8859_1);
        int at = -1;
        for (int from = content.length / 2; at < 0; from += 32) { // a piece may lie across two blocks
            at = bytes.indexOf(new String(content, from, 32, StandardCharsets.ISO_8859_1));
        }
        try (FileChannel channel = FileChannel.open(volume, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~bytes.charAt(at)}), at);
        }
    }

    private static String verify(String level) {
        return """
                Job {
                  Name = %s
                  Type = Verify
                  Level = %s
                  Verify Job = verify
                  Client = lab-fd
                  Storage = LabStorage
                  Pool = LabPool
                  Messages = Standard
                  FileSet = verify
                }
                """.formatted(level.equals("Data") ? "verify-data" : "verify-volume", level);
    }
}
