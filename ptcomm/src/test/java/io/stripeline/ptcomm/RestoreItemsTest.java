package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.ptcomm.blob.EntryBlob;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.Slabs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** What a plugin says in a restore, and the items that it means. */
@Timeout(60)
class RestoreItemsTest {
    private static final int SLAB_BYTES = 256 << 10;
    private static final String TIMES = "TSTAMP:5 7 9";

    private final SlabPool slabs = Slabs.pool(16, SLAB_BYTES);
    private final Job job = Job.start();
    private ScriptedPlugin plugin;
    private CompletableFuture<List<String>> items;

    private void stock(String... keys) throws IOException {
        start(ScriptedPlugin.stock(keys));
    }

    private void ours(String... keys) throws IOException {
        start(ScriptedPlugin.ours(keys));
    }

    /** Takes everything and tells it in words; content is looked at by its length and its first byte. */
    private void start(ScriptedPlugin with) {
        plugin = with;
        items = PtcommRestore.items(plugin.session, slabs, job)
                .map(RestoreItemsTest::told)
                .collectList()
                .toFuture();
    }

    private List<String> finished() throws IOException {
        plugin.finish();
        return items.join();
    }

    @AfterEach
    void close() throws IOException {
        if (plugin != null) {
            plugin.close();
        }
    }

    private static String told(Item item) {
        if (item instanceof Item.Begin begin) {
            return "Begin " + begin.entry().path() + described(begin.entry().attributes());
        } else if (item instanceof Item.Data data) {
            String out = "Data " + data.offset() + "+" + data.slab().buffer().remaining();
            data.slab().release();
            return out;
        } else if (item instanceof Item.Hole hole) {
            return "Hole " + hole.offset() + "+" + hole.length();
        } else if (item instanceof Item.Amend amend) {
            return "Amend" + described(amend.attributes());
        } else if (item instanceof Item.End end) {
            return "End " + end.inode().sizeBytes() + " " + end.inode().mtime().nanos()
                    + (end.outcome() == Outcome.OK ? "" : " " + end.outcome());
        } else if (item instanceof Item.Link link) {
            return "Link " + link.entry().path() + " to " + link.first();
        }
        return item.toString();
    }

    private static String described(Attributes attributes) {
        StringBuilder out = new StringBuilder();
        for (Xattr xattr : attributes.xattrs()) {
            out.append(" ").append(new String(xattr.name(), StandardCharsets.US_ASCII));
        }
        return attributes.linkTarget().length == 0
                ? out.toString()
                : out + " -> " + RawPath.printable(attributes.linkTarget());
    }

    private static EntryBlob blob(String path, boolean escaped, int mode, long size, String first) {
        Inode inode = new Inode(
                new InodeId(0, 1, 2),
                mode,
                1,
                0,
                0,
                size,
                0,
                0,
                new Timestamp(5, 6),
                new Timestamp(7, 8),
                new Timestamp(9, 10),
                Timestamp.EPOCH);
        Attributes attributes = new Attributes(
                new byte[0],
                List.of(new Xattr("user.note".getBytes(StandardCharsets.US_ASCII), new byte[] {1})),
                0,
                0,
                null);
        return new EntryBlob(RawPath.of(path), escaped, inode, attributes, first == null ? null : RawPath.of(first));
    }

    private static EntryBlob file(String path, long size) {
        return blob(path, false, 0100644, size, null);
    }

    private static byte[] ones(int length) {
        byte[] out = new byte[length];
        Arrays.fill(out, (byte) 1);
        return out;
    }

    private void ok() throws IOException {
        assertThat(plugin.answer()).containsExactly("C OK");
    }

    private List<String> causes() {
        return job.problems().groups().stream()
                .map(group -> group.count() + " " + group.severity() + " " + group.cause())
                .toList();
    }

    private String messages() {
        List<String> out = new ArrayList<>();
        for (Problems.Group group : job.problems().groups()) {
            group.first().forEach(problem -> out.add(problem.message()));
        }
        return String.join("\n", out);
    }

    // ---- assembly

    @Test
    void aSmallFileIsHeldUntilItsAttributesAreThere() throws IOException {
        ours();
        plugin.file("/data/f", "F 3 0 0 100644 1 0", TIMES).data(ones(3));
        ok();
        ok();
        plugin.attached("METADATA_STREAM", file("/data/f", 3));
        ok();
        assertThat(finished()).containsExactly("Begin data/f user.note", "Data 0+3", "End 3 8");
        assertThat(causes()).isEmpty();
    }

    @Test
    void aLongFileIsAmended() throws IOException {
        ours();
        plugin.file("/data/f", "F 300000 0 0 100644 1 0", TIMES).data(ones(300_000));
        ok();
        ok();
        plugin.attached("METADATA_STREAM", file("/data/f", 300_000));
        ok();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f",
                        "Data 0+" + SLAB_BYTES,
                        "Data " + SLAB_BYTES + "+" + (300_000 - SLAB_BYTES),
                        "Amend user.note",
                        "End 300000 8");
    }

    @Test
    void attributesInFrontOfTheContentAreThereFromTheBeginning() throws IOException {
        stock();
        plugin.file("/data/f", "F 300000 0 0 100644 1 0", TIMES).attached("METADATA_STREAM", file("/data/f", 300_000));
        ok();
        ok();
        plugin.data(ones(300_000));
        ok();
        assertThat(finished()).startsWith("Begin data/f user.note").endsWith("Amend user.note", "End 300000 8");
    }

    @Test
    void partsComeAsXattrAndAcl() throws IOException {
        stock();
        byte[] value = new byte[2000];
        EntryBlob whole = new EntryBlob(
                RawPath.of("/data/f"),
                false,
                file("/data/f", 0).inode(),
                new Attributes(
                        new byte[0],
                        List.of(new Xattr("user.big".getBytes(StandardCharsets.US_ASCII), value)),
                        0,
                        0,
                        null),
                null);
        List<byte[]> parts = whole.encode(1500);
        assertThat(parts).hasSize(2);
        plugin.file("/data/f", "E 0 0 0 100644 1 0", TIMES)
                .attached("ACL", parts.get(1))
                .attached("XATTR", parts.get(0));
        ok();
        ok();
        ok();
        assertThat(finished()).containsExactly("Begin data/f user.big", "End 0 8");
    }

    @Test
    void filesOfAnotherBackendComeBackAsTheyAreAnnouncedAndThatIsSaidOnce() throws IOException {
        stock();
        for (String name : List.of("a", "b", "c")) {
            plugin.file("/data/" + name, "E 0 0 0 100644 1 0", TIMES);
            ok();
            plugin.attached("XATTR", "user.note=6e31\n".getBytes(StandardCharsets.US_ASCII));
            ok();
        }
        plugin.file("/data/d", "E 0 0 0 100644 1 0", TIMES);
        ok();
        assertThat(finished()).hasSize(8).startsWith("Begin data/a", "End 0 0");
        assertThat(causes()).containsExactly("1 WARNING foreign attributes");
    }

    @Test
    void damagedAttributesAreAnErrorOfTheirFile() throws IOException {
        ours();
        byte[] damaged = file("/data/f", 3).encode(900_000).get(0);
        damaged[damaged.length - 1] ^= 1;
        plugin.file("/data/f", "F 3 0 0 100644 1 0", TIMES).data(ones(3)).attached("METADATA_STREAM", damaged);
        ok();
        ok();
        ok();
        assertThat(finished()).containsExactly("Begin data/f", "Data 0+3", "End 3 0");
        assertThat(causes()).containsExactly("1 ERROR damaged attributes");
    }

    @Test
    void attributesWithoutEndAreAnErrorOfTheirFile() throws IOException {
        stock();
        byte[] part = Arrays.copyOf(file("/data/f", 0).encode(900_000).get(0), 900_000);
        plugin.file("/data/f", "E 0 0 0 100644 1 0", TIMES);
        ok();
        for (int i = 0; i < 40; i++) {
            plugin.attached("METADATA_STREAM", part);
            ok();
        }
        assertThat(finished()).containsExactly("Begin data/f", "End 0 0");
        assertThat(causes()).containsExactly("1 ERROR damaged attributes");
    }

    @Test
    void attributesOfAnotherKindOfFileAreDamaged() throws IOException {
        ours();
        plugin.file("/data/f", "F 3 0 0 100644 1 0", TIMES)
                .data(ones(3))
                .attached("METADATA_STREAM", blob("/data/f", false, 0040755, 0, null));
        ok();
        ok();
        ok();
        assertThat(finished()).containsExactly("Begin data/f", "Data 0+3", "End 3 0");
        assertThat(causes()).containsExactly("1 ERROR damaged attributes");
    }

    @Test
    void aFileThatWasNotSavedWholeComesBackAsLongAsItIs() throws IOException {
        ours();
        plugin.file("/data/f", "F 10 0 0 100644 1 0", TIMES)
                .data(ones(3))
                .attached("METADATA_STREAM", file("/data/f", 10));
        ok();
        ok();
        ok();
        assertThat(finished()).element(2).asString().startsWith("End 3 8 Changed");
        assertThat(messages()).contains("3 bytes were saved of a file of 10");
    }

    /** The writer would take content of what has none for the end of the world. */
    @ParameterizedTest
    @ValueSource(strings = {"D 4096 0 0 040755 2 0", "S 4 0 0 120777 1 0", "F 0 0 0 010644 1 0", "L 3 0 0 100644 2 4"})
    void contentOfWhatHasNoneIsLeftOut(String stat) throws IOException {
        ours();
        plugin.file("/data/x", stat, TIMES, "LSTAT:/data/y").data(ones(600_000));
        ok();
        ok();
        int mode = stat.charAt(0) == 'L' ? 0100644 : Integer.parseInt(stat.split(" ")[4], 8);
        plugin.attached("METADATA_STREAM", blob("/data/x", false, mode, 0, stat.charAt(0) == 'L' ? "/data/y" : null));
        ok();
        assertThat(finished()).noneMatch(item -> item.startsWith("Data"));
        assertThat(causes()).containsExactly("1 WARNING unexpected content");
    }

    @Test
    void aModeWithoutAKindHasThatOfTheLetter() throws IOException {
        stock();
        plugin.file("/data/d/", "D 0 0 0 000755 2 0", TIMES);
        ok();
        plugin.file("/data/f", "E 0 0 0 150644 1 0", TIMES);
        ok();
        assertThat(finished()).containsExactly("Begin data/d", "End 0 0", "Begin data/f", "End 0 0");
    }

    // ---- zeros

    @Test
    void blocksOfZerosAreHoles() throws IOException {
        stock();
        byte[] content = new byte[1 << 20];
        Arrays.fill(content, 0, 64 << 10, (byte) 1);
        Arrays.fill(content, 320 << 10, 330 << 10, (byte) 1);
        byte[] tail = new byte[3];
        plugin.file("/data/f", "F " + (content.length + 3) + " 0 0 100644 1 0", TIMES);
        ok();
        CompletableFuture.runAsync(() -> send(content, tail));
        ok();
        plugin.attached("XATTR", file("/data/f", content.length + 3));
        ok();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f",
                        "Data 0+65536",
                        "Hole 65536+262144",
                        "Data 327680+65536",
                        "Hole 393216+655360",
                        "Data 1048576+3",
                        "Amend user.note",
                        "End 1048579 8");
    }

    private void send(byte[] content, byte[] tail) {
        try {
            plugin.command("DATA");
            for (int at = 0; at < content.length; at += 131072) {
                plugin.moreData(Arrays.copyOfRange(content, at, at + 131072));
            }
            plugin.moreData(tail);
            plugin.endBlock();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void seeksAreHolesAndGrowTogetherWithZeros() throws IOException {
        ours();
        plugin.file("/data/f", "F 400001 0 0 100644 1 0", TIMES);
        ok();
        plugin.command("DATA");
        plugin.moreData(ones(10));
        plugin.seek(65536);
        plugin.moreData(new byte[65536]);
        plugin.seek(400_000);
        plugin.moreData(ones(1));
        plugin.endBlock();
        ok();
        assertThat(finished())
                .containsExactly(
                        "Begin data/f", "Data 0+10", "Hole 10+399990", "Data 400000+1", "Amend", "End 400001 0");
    }

    @Test
    void aSeekBackBreaksTheProtocol() throws IOException {
        ours();
        plugin.file("/data/f", "F 10 0 0 100644 1 0", TIMES);
        ok();
        plugin.command("DATA");
        plugin.moreData(ones(10));
        plugin.seek(5);
        plugin.endBlock();
        StepVerifier.create(reactor.core.publisher.Mono.fromFuture(items))
                .verifyErrorMatches(failed -> failed.getMessage().contains("goes back from 10"));
    }

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
    void theFirstNameOfALinkIsChangedAsItsOwnWas() throws IOException {
        ours("Where=/restore");
        plugin.file("/restore/data/b/link", "L 3 0 0 100644 2 4", TIMES, "LSTAT:/data/a/first")
                .attached("METADATA_STREAM", blob("/data/b/link", false, 0100644, 3, "/data/a/first"));
        ok();
        ok();
        plugin.file("/elsewhere/b/link", "L 3 0 0 100644 2 4", TIMES)
                .attached("METADATA_STREAM", blob("/data/b/link", false, 0100644, 3, "/data/a/first"));
        ok();
        ok();
        assertThat(finished())
                .containsExactly(
                        "Link restore/data/b/link to restore/data/a/first",
                        "Link elsewhere/b/link to elsewhere/a/first");
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
