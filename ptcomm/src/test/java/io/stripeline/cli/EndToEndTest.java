package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs on a real tree and a real store, as a user strings them together. */
final class EndToEndTest {
    private static final Instant OLD = Instant.parse("2020-02-29T12:34:56.123456789Z");

    @TempDir
    private Path work;

    private Path tree;
    private Path store;

    @BeforeEach
    void tree() throws IOException {
        tree = Files.createDirectories(work.resolve("tree"));
        store = work.resolve("store");
        Files.createDirectories(tree.resolve("a/b/c"));
        Files.createDirectory(tree.resolve("empty dir"));
        Files.writeString(tree.resolve("a/small"), "hello\n");
        Files.createFile(tree.resolve("a/empty"));
        byte[] large = new byte[3_000_000];
        new Random(7).nextBytes(large);
        Files.write(tree.resolve("a/b/large"), large);
        Files.createSymbolicLink(tree.resolve("a/link"), Path.of("b/large"));
        Files.createSymbolicLink(tree.resolve("dangling"), Path.of("/nowhere/at all"));
        Files.createLink(tree.resolve("a/b/c/twin"), tree.resolve("a/small"));
        Files.writeString(tree.resolve("a/script"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(tree.resolve("a/script"), PosixFilePermissions.fromString("rwxr-x--x"));
        age(tree);
    }

    /** Old times, so that a second backup may trust them. */
    private static void age(Path root) throws IOException {
        try (var below = Files.walk(root)) {
            for (Path path : below.sorted(java.util.Comparator.reverseOrder()).collect(Collectors.toList())) {
                if (!Files.isSymbolicLink(path)) {
                    Files.setLastModifiedTime(path, FileTime.from(OLD));
                }
            }
        }
    }

    private static JsonNode json(Spoken spoken) throws IOException {
        return new ObjectMapper().readTree(spoken.out());
    }

    private Spoken ok(Object... words) {
        Spoken spoken = Spoken.run(words);
        assertThat(spoken.code()).as(spoken.toString()).isZero();
        return spoken;
    }

    @Test
    void aBackupIsReportedAndSound() throws Exception {
        Spoken backup = ok("backup", tree, "--to", store);
        assertThat(backup.out()).contains("snapshot").contains("scanned").contains("time");
        assertThat(ok("check", store, "--read-data").out()).contains("sound");
        assertThat(ok("stats", store).out()).contains("1 snapshots of 1 backups");
    }

    @Test
    void anUnchangedTreeIsNotReadAgain() throws Exception {
        ok("backup", tree, "--to", store);
        JsonNode dry = json(ok("backup", tree, "--to", store, "--dry-run", "--json"));
        JsonNode second = json(ok("backup", tree, "--to", store, "--json"));
        // times are old, but the inodes changed just now: within the clock's granularity they are read once more
        assertThat(second.get("parents")).hasSize(1);
        // the dry run counts a linked file once per name
        assertThat(dry.get("would_read_bytes").asLong())
                .isEqualTo(second.get("read_bytes").asLong() + "hello\n".length());
        assertThat(second.get("stored_bytes").asLong()).isLessThan(100_000);
        JsonNode forced = json(ok("backup", tree, "--to", store, "--json", "--force"));
        assertThat(forced.get("unchanged_entries").asLong()).isZero();
    }

    @Test
    void damageIsFatal() throws Exception {
        ok("backup", tree, "--to", store);
        Path pack;
        try (var files = Files.walk(store)) {
            pack = files.filter(Files::isRegularFile)
                    .max(java.util.Comparator.comparingLong(
                            file -> file.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        assertThat(pack.toFile().setWritable(true)).isTrue();
        Files.write(pack, bytes);
        Spoken check = Spoken.run("check", store, "--read-data");
        assertThat(check.code()).as(check.toString()).isEqualTo(ExitCode.FATAL);
        assertThat(check.out()).contains("DAMAGED");
    }

    /** The rows of a directory of its own pack are lost: what is beside it is listed, compared and restored. */
    @Test
    void aLostDirectoryIsNamedAndAllElseIsThere() throws Exception {
        directory("lost");
        ok("backup", tree, "--to", store);
        List<Path> packs = metadataPacks();
        directory("kept");
        String before =
                json(ok("backup", tree, "--to", store, "--json")).get("set").asText();
        Files.writeString(tree.resolve("new"), "new");
        ok("backup", tree, "--to", store);
        for (Path pack : packs) {
            Files.delete(pack);
        }
        Spoken listed = Spoken.run("ls", store, "latest", "-R");
        assertThat(listed.code()).isEqualTo(ExitCode.FATAL);
        assertThat(listed.out()).contains("kept/kept-0", " lost\n", " new\n").doesNotContain("lost/lost-0");
        assertThat(listed.err()).contains("Rows of directory lost:");
        Spoken json = Spoken.run("ls", store, "latest", "lost", "--json");
        assertThat(json.code()).isEqualTo(ExitCode.FATAL);
        assertThat(json.err()).contains("Rows of directory lost:");
        ok("ls", store, "latest", "kept");
        assertThat(ok("diff", store, before, "latest").out()).contains("+ new\n");
        Path target = work.resolve("target");
        Spoken restored = Spoken.run("restore", store, "latest", "--to", target);
        assertThat(restored.code()).as(restored.toString()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(restored.toString()).contains("Rows of directory lost:");
        assertThat(target.resolve("kept/kept-399")).exists();
        assertThat(target.resolve("new")).exists();
        assertThat(target.resolve("lost")).isEmptyDirectory();
        Files.writeString(tree.resolve("lost/more"), "more");
        Spoken.run("backup", tree, "--to", store);
        Spoken compared = Spoken.run("diff", store, before, "latest");
        assertThat(compared.code()).as(compared.toString()).isEqualTo(ExitCode.FATAL);
        assertThat(compared.out()).contains("+ new\n").doesNotContain("lost/");
        assertThat(compared.err()).contains("Rows of directory lost:");
    }

    /** More names than stand in a table itself. */
    private void directory(String name) throws IOException {
        Path directory = Files.createDirectory(tree.resolve(name));
        for (int i = 0; i < 400; i++) {
            Files.writeString(directory.resolve(name + "-" + i), name + i);
        }
        age(directory);
    }

    private List<Path> metadataPacks() throws IOException {
        List<Path> out = new ArrayList<>();
        try (var packs = Files.walk(store.resolve("packs"))) {
            for (Path pack : packs.filter(Files::isRegularFile).collect(Collectors.toList())) {
                if (Files.readAllBytes(pack)[6] == 1) { // section 3 of the store's format
                    out.add(pack);
                }
            }
        }
        return out;
    }

    @Test
    void aDamagedRootIsNotSteppedOver() throws Exception {
        String older =
                json(ok("backup", tree, "--to", store, "--json")).get("set").asText();
        String newest = json(ok("backup", tree, "--to", store, "--json"))
                .get("snapshot")
                .asText();
        Path root = store.resolve("roots").resolve(newest);
        byte[] bytes = Files.readAllBytes(root);
        bytes[bytes.length / 2] ^= 1;
        assertThat(root.toFile().setWritable(true)).isTrue();
        Files.write(root, bytes);
        Path target = work.resolve("target");
        Spoken latest = Spoken.run("restore", store, "latest", "--to", target);
        assertThat(latest.code()).isEqualTo(ExitCode.FATAL);
        assertThat(latest.err()).contains("roots/" + newest, "restore STORE " + older);
        assertThat(target).doesNotExist();
        ok("restore", store, older, "--to", target);
        assertThat(ok("backup", tree, "--to", store).err()).contains(newest);
    }

    @Test
    void includesAndExcludes() {
        ok("backup", tree, "--to", store, "--exclude", "b", "--include", "s*");
        String listed = ok("ls", store, "latest", "-R").out();
        assertThat(listed).contains("a/small", "a/script").doesNotContain("a/b", "a/empty");
    }

    @Test
    void theStoreInTheTreeIsNotEntered() throws Exception {
        Path inside = tree.resolve("store");
        ok("backup", tree, "--to", inside);
        JsonNode second = json(ok("backup", tree, "--to", inside, "--json"));
        assertThat(second.get("skipped_entries").asLong()).isPositive();
        assertThat(ok("ls", inside, "latest", "-R").out()).doesNotContain("store");
    }

    @Test
    void jsonTellsWhatWasDone() throws Exception {
        JsonNode first = json(ok("backup", tree, "--to", store, "--json", "--tag", "x"));
        assertThat(first.get("exit_code").asInt()).isZero();
        assertThat(first.get("snapshot").asText()).isNotEmpty();
        assertThat(first.get("scanned_entries").asLong()).isEqualTo(12);
        assertThat(first.get("read_bytes").asLong()).isGreaterThan(3_000_000);
        JsonNode listed = new ObjectMapper()
                .readTree(ok("snapshots", store, "--json")
                        .out()
                        .lines()
                        .findFirst()
                        .orElseThrow());
        assertThat(listed.get("id").asText()).isEqualTo(first.get("snapshot").asText());
        assertThat(listed.get("tags").get(0).asText()).isEqualTo("x");
    }

    @Test
    void dryRunStoresNothing() throws Exception {
        JsonNode dry = json(ok("backup", tree, "--to", store, "--dry-run", "--json"));
        assertThat(store).doesNotExist();
        assertThat(dry.get("would_read_bytes").asLong()).isGreaterThan(3_000_000);
    }

    @Test
    void differencesAreNamed() throws Exception {
        String first = json(ok("backup", tree, "--to", store, "--json"))
                .get("snapshot")
                .asText();
        Files.writeString(tree.resolve("a/new"), "n");
        Files.delete(tree.resolve("dangling"));
        String second = json(ok("backup", tree, "--to", store, "--json"))
                .get("snapshot")
                .asText();
        Spoken diff = ok("diff", store, first, second);
        assertThat(diff.out()).contains("+ a/new").contains("- dangling").contains("M a  (");
    }

    @Test
    void errorsOfUsersAreOneLine() {
        Spoken noStore = Spoken.run("snapshots", work.resolve("nothing"));
        assertThat(noStore.code()).isEqualTo(ExitCode.FATAL);
        assertThat(noStore.err()).hasLineCount(1).startsWith("stripeline: ").doesNotContain("internal");
        Spoken noTree = Spoken.run("backup", work.resolve("nothing"), "--to", store);
        assertThat(noTree.code()).isEqualTo(ExitCode.FATAL);
        assertThat(noTree.err()).hasLineCount(1).doesNotContain("internal");
        assertThat(store).doesNotExist();
        ok("backup", tree, "--to", store);
        Spoken noSnapshot = Spoken.run("ls", store, "feedbeef");
        assertThat(noSnapshot.code()).isEqualTo(ExitCode.FATAL);
        assertThat(noSnapshot.err()).hasLineCount(1).doesNotContain("internal");
    }

    @Test
    void whatIsBackedUpComesBackIdentical() throws Exception {
        Map<String, String> before = TreeFacts.of(tree);
        Spoken backup = ok("backup", tree, "--to", store);
        assertThat(backup.out()).contains("snapshot").contains("scanned").contains("time");
        Path target = work.resolve("restored/here");
        ok("restore", store, "latest", "--to", target);
        assertThat(TreeFacts.of(target)).isEqualTo(before);
        ok("check", store, "--read-data");
    }

    @Test
    void chosenPathsOnly() throws Exception {
        ok("backup", tree, "--to", store);
        Path target = work.resolve("part");
        ok("restore", store, "latest", "a/b", "--to", target);
        assertThat(target.resolve("a/b/large")).exists();
        assertThat(target.resolve("a/script")).doesNotExist();
    }

    /** What protects a chosen path comes back with it; what is there already is not touched. */
    @Test
    void directoriesAboveAChosenPathAreAsTheyWere() throws Exception {
        Path closed = tree.resolve("a");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        ok("backup", tree, "--to", store);
        Path target = work.resolve("part");
        ok("restore", store, "latest", "a/b", "--to", target);
        assertThat(Files.getPosixFilePermissions(target.resolve("a")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(target.resolve("a"), PosixFilePermissions.fromString("rwxr-x---"));
        ok("restore", store, "latest", "a/b", "--to", target);
        assertThat(Files.getPosixFilePermissions(target.resolve("a")))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
        ok("restore", store, "latest", "a", "--to", target);
        assertThat(Files.getPosixFilePermissions(target.resolve("a")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aRestoreTakesIncludesAndExcludes() throws Exception {
        ok("backup", tree, "--to", store);
        Path target = work.resolve("some");
        ok("restore", store, "latest", "--to", target, "--include", "s*", "--exclude", "a/b");
        assertThat(target.resolve("a/small")).hasContent("hello\n");
        assertThat(target.resolve("a/script")).exists();
        assertThat(target.resolve("a/empty")).doesNotExist();
        assertThat(target.resolve("a/b")).doesNotExist();
    }

    @Test
    void whatIsThereIsKeptIfAskedTo() throws Exception {
        ok("backup", tree, "--to", store);
        Path target = Files.createDirectories(work.resolve("kept/a"));
        Files.writeString(target.resolve("script"), "mine");
        ok("restore", store, "latest", "--to", work.resolve("kept"), "--overwrite", "never");
        assertThat(target.resolve("script")).hasContent("mine");
        assertThat(target.resolve("small")).hasContent("hello\n");
    }
}
