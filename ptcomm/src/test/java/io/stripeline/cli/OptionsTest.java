package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each option of the command does, from its words to what is there afterwards. */
final class OptionsTest {
    @TempDir
    private Path work;

    private Path tree;
    private Path store;

    @BeforeEach
    void tree() throws IOException {
        tree = Files.createDirectories(work.resolve("tree"));
        store = work.resolve("store");
        for (String name : List.of("a/small", "a/b/other", "c/third", "c/d/e/deep", "f/sixth", "top")) {
            Path file = tree.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "content of " + name + "\n");
        }
        Files.createLink(tree.resolve("a/twin"), tree.resolve("a/small"));
    }

    private static JsonNode json(Spoken spoken) throws IOException {
        return new ObjectMapper().readTree(spoken.out());
    }

    private static Spoken ok(Object... words) {
        Spoken spoken = Spoken.run(words);
        assertThat(spoken.code()).as(spoken.toString()).isZero();
        return spoken;
    }

    private static Spoken refused(int code, Object... words) {
        Spoken spoken = Spoken.run(words);
        assertThat(spoken.code()).as(spoken.toString()).isEqualTo(code);
        assertThat(spoken.err()).startsWith("stripeline: ").doesNotContain("internal");
        assertThat(spoken.out()).isEmpty();
        return spoken;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--rate x",
                "--rate 0",
                "--shard 9/8 --set s",
                "--shard 1of2 --set s",
                "--shard 1/2",
                "--shard-by x",
                "--compression x",
                "--compression zstd:20",
                "--pack-size x",
                "--pack-size 15M",
                "--pack-size 1025M",
                "--workers 5000",
                "--workers 0",
                "--read-ahead 0",
                "--read-ahead 5000",
                "--include [",
                "--exclude ["
            })
    void aWrongValueIsWrongUsageAndMakesNothing(String options) {
        List<Object> words = new ArrayList<>(List.of("backup", tree, "--to", store));
        words.addAll(List.of(options.split(" ")));
        Spoken spoken = refused(ExitCode.USAGE, words.toArray());
        assertThat(spoken.err()).contains(options.split(" ")[0]).contains("backup --help");
        assertThat(store).doesNotExist();
        words.add("--dry-run");
        refused(ExitCode.USAGE, words.toArray());
    }

    @Test
    void aWrongValueOfOtherVerbsIsWrongUsageWhateverIsThere() {
        refused(ExitCode.USAGE, "scan", tree, "--workers", "1025");
        refused(ExitCode.USAGE, "scan", tree, "--exclude", "[");
        refused(ExitCode.USAGE, "restore", store, "latest", "--to", work.resolve("to"), "--include", "[");
        refused(ExitCode.USAGE, "restore", store, "latest", "a\\xzz", "--to", work.resolve("to"));
        refused(ExitCode.USAGE, "ls", store, "latest", "a\\xzz");
        refused(ExitCode.USAGE, "diff", store, "a", "b", "--path", "a\\xzz");
        assertThat(work.resolve("to")).doesNotExist();
    }

    @Test
    void noWalkStartsInTheStore() throws Exception {
        ok("backup", tree, "--to", store);
        for (Path root : List.of(store, store.resolve("packs"), tree.resolve("../store/packs"))) {
            assertThat(refused(ExitCode.USAGE, "backup", root, "--to", store).err())
                    .contains("at or below");
            refused(ExitCode.USAGE, "backup", root, "--to", store, "--dry-run");
        }
        Path link = Files.createSymbolicLink(work.resolve("link"), store.resolve("packs"));
        refused(ExitCode.USAGE, "backup", link, "--to", store);
        assertThat(ok("snapshots", store, "--json").out()).hasLineCount(1);
        Path empty = Files.createDirectory(work.resolve("empty"));
        refused(ExitCode.USAGE, "backup", empty, "--to", empty);
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void noWalkStartsInWhatTheKernelMakesUp() {
        assertThat(refused(ExitCode.USAGE, "backup", "/proc", "--to", store).err())
                .contains("/proc: ")
                .contains("the kernel makes up");
        refused(ExitCode.USAGE, "scan", "/proc/self");
        assertThat(store).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"subtree", "hash"})
    void shardsOfOneSetAreOneBackup(String by) throws Exception {
        Map<String, String> before = TreeFacts.of(tree);
        for (int i = 1; i <= 3; i++) {
            JsonNode done = json(
                    ok("backup", tree, "--to", store, "--shard", i + "/3", "--set", "n1", "--shard-by", by, "--json"));
            assertThat(done.get("shard").asText()).isEqualTo(i + "/3");
            assertThat(done.get("set").asText()).isEqualTo("n1");
            if (i < 3) {
                refused(ExitCode.FATAL, "restore", store, "latest", "--to", work.resolve("to"));
                assertThat(work.resolve("to")).doesNotExist();
            }
        }
        ok("restore", store, "latest", "--to", work.resolve("to"));
        assertThat(TreeFacts.of(work.resolve("to"))).isEqualTo(before);
        ok("restore", store, "n1", "--to", work.resolve("to2"));
        assertThat(TreeFacts.of(work.resolve("to2"))).isEqualTo(before);
        assertThat(ok("snapshots", store).out()).contains("shard 2/3 of set n1");
    }

    @Test
    void oneFileSystemIsNotLeft() throws Exception {
        Path shm = Path.of("/dev/shm");
        assumeTrue(
                Files.isWritable(shm) && !Files.getFileStore(shm).equals(Files.getFileStore(Path.of("/dev"))),
                "no filesystem of its own on /dev/shm");
        Path file = Files.createTempFile(shm, "stripeline-one-fs-", ".test");
        try {
            List<Object> words = List.of("backup", "/dev", "--to", store, "--include", file.getFileName());
            // a directory of somebody else there may be closed to us
            assertThat(Spoken.run(words.toArray()).code()).isIn(ExitCode.DONE, ExitCode.INCOMPLETE);
            assertThat(ok("ls", store, "latest", "-R").out()).contains(" shm/" + file.getFileName());
            List<Object> one = new ArrayList<>(words);
            one.add("--one-fs");
            assertThat(Spoken.run(one.toArray()).code()).isIn(ExitCode.DONE, ExitCode.INCOMPLETE);
            assertThat(ok("ls", store, "latest", "-R").out()).contains(" shm\n").doesNotContain(" shm/");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void devicesComeBackWhenAskedFor() throws Exception {
        assumeTrue(Processes.isRoot(), "devices need root");
        byte[] name = tree.resolve("null").toString().getBytes(StandardCharsets.UTF_8);
        Namespace.mknodat(Fcntl.AT_FDCWD, name, 0020666, 0x103);
        ok("backup", tree, "--to", store);
        Path to = work.resolve("to");
        Spoken without = Spoken.run("restore", store, "latest", "--to", to);
        assertThat(without.code()).as(without.toString()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(without.err()).contains("null").contains("--devices");
        assertThat(to.resolve("null")).doesNotExist();
        assertThat(to.resolve("top")).exists();
        ok("restore", store, "latest", "--to", to, "--devices");
        assertThat(Files.getAttribute(to.resolve("null"), "unix:rdev")).isEqualTo(0x103L);
    }

    @Test
    void hostAndTagsAreKept() throws Exception {
        ok("backup", tree, "--to", store, "--host", "node7", "--tag", "one", "--tag", "two words");
        JsonNode snapshot = json(ok("snapshots", store, "--json"));
        assertThat(snapshot.get("host").asText()).isEqualTo("node7");
        assertThat(snapshot.get("tags")).hasSize(2);
        assertThat(ok("snapshots", store).out()).contains("node7:").contains("[one, two words]");
    }

    @Test
    void ctimeCountsUnlessItIsIgnored() throws Exception {
        Thread.sleep(2100); // younger times are not trusted
        ok("backup", tree, "--to", store);
        Path file = tree.resolve("top");
        Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(file));
        List<Object> words = new ArrayList<>(List.of("backup", tree, "--to", store, "--dry-run", "--json"));
        assertThat(json(ok(words.toArray())).get("would_read_bytes").asLong()).isEqualTo(Files.size(file));
        words.add("--ignore-ctime");
        assertThat(json(ok(words.toArray())).get("would_read_bytes").asLong()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"off,4000000,5000000", "zstd:3,1,400000"})
    void compressionIsTheStoresForItsLife(String how, long least, long most) throws Exception {
        byte[] hex = new byte[4_000_000];
        Random random = new Random(5);
        for (int i = 0; i < hex.length; i++) {
            hex[i] = (byte) (i % 64 < 60 ? 'x' : '0' + random.nextInt(4));
        }
        Files.write(tree.resolve("text"), hex);
        JsonNode done = json(ok("backup", tree, "--to", store, "--compression", how, "--json"));
        assertThat(done.get("stored_bytes").asLong()).isBetween(least, most);
        assertThat(refused(ExitCode.FATAL, "backup", tree, "--to", store, "--compression", how)
                        .err())
                .contains("is there already")
                .contains("--compression");
        ok("backup", tree, "--to", store);
    }

    @ParameterizedTest
    @CsvSource({"16M,01000000", "1G,3c000000"}) // a pack of 1 GiB is full at 960 MiB
    void thePackSizeIsTheStoresForItsLife(String size, String hex) throws Exception {
        Map<String, String> before = TreeFacts.of(tree);
        ok("backup", tree, "--to", store, "--pack-size", size);
        String config = java.util.HexFormat.of().formatHex(Files.readAllBytes(store.resolve("config")));
        String key = java.util.HexFormat.of().formatHex("packBytes".getBytes(StandardCharsets.US_ASCII));
        assertThat(config).contains(key + "1a" + hex); // CBOR: an unsigned of four bytes
        assertThat(refused(ExitCode.FATAL, "backup", tree, "--to", store, "--pack-size", size)
                        .err())
                .contains("is there already");
        ok("restore", store, "latest", "--to", work.resolve("to"));
        assertThat(TreeFacts.of(work.resolve("to"))).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--read-ahead 1", "--direct", "--rate 900M", "--workers 1"})
    void howItIsReadChangesNothing(String option) throws Exception {
        byte[] large = new byte[2_500_001];
        new Random(9).nextBytes(large);
        Files.write(tree.resolve("large"), large);
        Map<String, String> before = TreeFacts.of(tree);
        List<Object> words = new ArrayList<>(List.of("backup", tree, "--to", store));
        words.addAll(List.of(option.split(" ")));
        ok(words.toArray());
        ok("restore", store, "latest", "--to", work.resolve("to"));
        assertThat(TreeFacts.of(work.resolve("to"))).isEqualTo(before);
    }

    @Test
    void differencesBelowAPathOnly() throws Exception {
        ok("backup", tree, "--to", store, "--set", "first");
        Files.writeString(tree.resolve("a/new"), "n");
        Files.writeString(tree.resolve("c/new"), "n");
        ok("backup", tree, "--to", store, "--set", "second");
        assertThat(ok("diff", store, "first", "second", "--path", "a").out())
                .contains("+ a/new")
                .contains("1 added")
                .doesNotContain("c/new");
        assertThat(ok("diff", store, "first", "second", "--path", tree.resolve("c/new"))
                        .out())
                .contains("+ c/new");
        assertThat(refused(ExitCode.FATAL, "diff", store, "first", "second", "--path", "typo")
                        .err())
                .contains("'typo'")
                .contains("first")
                .contains("second");
    }

    @Test
    void nothingToListIsNothingAsJson() throws Exception {
        Files.createDirectory(tree.resolve("empty"));
        ok("backup", tree, "--to", store, "--set", "one");
        assertThat(ok("ls", store, "latest", "empty", "--json").out()).isEmpty();
        assertThat(ok("diff", store, "one", "one", "--json").out()).isEmpty();
        Path other = work.resolve("other");
        io.stripeline.dedup.DedupStore.openOrCreate(other).close();
        assertThat(ok("snapshots", other, "--json").out()).isEmpty();
        assertThat(ok("ls", store, "latest", "c", "--json").out()).hasLineCount(2);
    }

    @Test
    void theTargetIsWhereTheKernelFindsIt() throws Exception {
        ok("backup", tree, "--to", store);
        Path far = Files.createDirectories(work.resolve("far/away"));
        Path link = Files.createSymbolicLink(work.resolve("link"), far);
        JsonNode done = json(ok("restore", store, "latest", "--to", link.resolve("../x"), "--json"));
        assertThat(work.resolve("far/x/top")).exists();
        assertThat(work.resolve("x")).doesNotExist();
        assertThat(done.get("target").asText())
                .isEqualTo(work.toRealPath().resolve("far/x").toString());
    }

    @Test
    void namesLikeThoseOfTemporariesComeBack() throws Exception {
        for (String name :
                List.of(".stripeline-mine.part", ".stripeline-0123456789abcdef.part", ".stripeline-f.part/x")) {
            Path file = tree.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        Map<String, String> before = TreeFacts.of(tree);
        ok("backup", tree, "--to", store);
        ok("restore", store, "latest", "--to", work.resolve("to"));
        assertThat(TreeFacts.of(work.resolve("to"))).isEqualTo(before);
    }

    @Test
    void newerLeavesADirectoryThatIsNewerByLessThanASecond() throws Exception {
        ok("backup", tree, "--to", store);
        Path to = work.resolve("to");
        ok("restore", store, "latest", "--to", to);
        var time = (java.nio.file.attribute.FileTime) Files.getAttribute(to.resolve("f"), "unix:lastModifiedTime");
        Files.setPosixFilePermissions(to.resolve("f"), PosixFilePermissions.fromString("rwx------"));
        Files.setLastModifiedTime(
                to.resolve("f"),
                java.nio.file.attribute.FileTime.from(time.toInstant().minusNanos(1)));
        ok("restore", store, "latest", "--to", to, "--overwrite", "newer");
        assertThat(Files.getPosixFilePermissions(to.resolve("f")))
                .isEqualTo(Files.getPosixFilePermissions(tree.resolve("f")));
    }
}
