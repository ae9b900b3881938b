package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the items say and whoever else is at work below the target: nothing outside of it changes. */
@Timeout(120)
class RestoreSafetyTest {
    @TempDir
    Path work;

    private Path outside;

    @BeforeEach
    void makeOutside() throws IOException {
        Files.createDirectories(work.resolve("target"));
        outside = Files.createDirectories(work.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "as it was");
    }

    private Target target(boolean openat2) {
        return new Target(work.resolve("target"), openat2);
    }

    private void assertOutsideIsUntouched() throws IOException {
        try (var names = Files.list(outside)) {
            assertThat(names).containsExactly(outside.resolve("secret"));
        }
        assertThat(outside.resolve("secret")).hasContent("as it was");
        assertThat(Files.getAttribute(outside.resolve("secret"), "unix:nlink")).isEqualTo(1);
        try (var names = Files.list(work)) {
            assertThat(names).containsExactlyInAnyOrder(outside, work.resolve("target"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void namesThatLeadElsewhereAreRefusedAndTheRestIsRestored(boolean openat2) throws IOException {
        Items items = new Items();
        for (String bad : new String[] {"..", ".", "", "/abs", "a/b", "../x", "nul\0", "/"}) {
            items.file(Dir.root(), bad, "bad").file(Dir.root().child(Items.bytes(bad)), "f", "bad");
            items.file(Dir.root().child(Items.bytes("d")).child(Items.bytes(bad)), "f", "bad");
        }
        items.file("good", "good").link("l", "../outside/secret").link("m", work + "/outside/secret");

        Report report = target(openat2).restore(items);

        assertThat(target(openat2).names()).containsExactly("good");
        assertThat(report.get(Counter.FAILED)).isEqualTo(26);
        assertThat(report.problems().toString()).contains("unsafe name").contains("nul\\x00");
        assertOutsideIsUntouched();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSymlinkThatAnEarlierEntryPlantedIsNotFollowed(boolean openat2) throws IOException {
        String to = outside.toString();
        Items links = new Items().symlink("d", to).symlink("up", "../outside");
        assertThat(target(openat2).restore(links).problems()).isEmpty();
        Items items = new Items()
                .file("d/f", "x")
                .dir("d/sub")
                .file("d/sub/g", "x")
                .symlink("d/s", "t")
                .node("d/fifo", FileType.FIFO)
                .dir("d")
                .file("up/secret", "overwritten")
                .file("good", "good")
                .link("d/l", "good")
                .link("l", "d/secret");

        Report report = target(openat2).restore(items);

        assertThat(target(openat2).names()).containsExactly("d", "good", "up");
        assertThat(report.count(Problem.Severity.ERROR)).isEqualTo(9);
        assertThat(report.problems().toString()).contains("d/f");
        assertOutsideIsUntouched();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHardLinkLeadsOnlyToWhatWasRestored(boolean openat2) throws IOException {
        Files.createLink(work.resolve("target/planted"), outside.resolve("secret"));
        Items items = new Items().names(2).file("first", "one");
        items.names(1).file("first", "another").names(2);
        items.link("l", "first", "one").link("n", "planted", "as it was").link("o", "nothing");

        Report report = target(openat2).restore(items);

        assertThat(report.problems().toString()).contains("hard link").contains("nothing was not restored");
        assertThat(target(openat2).names()).doesNotContain("n", "o");
        Files.delete(work.resolve("target/planted"));
        assertOutsideIsUntouched();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDirectoryThatIsSwappedForASymlinkWhileWeRestore(boolean openat2) throws Exception {
        Path target = work.resolve("target");
        AtomicBoolean done = new AtomicBoolean();
        Thread attacker = new Thread(() -> swap(target, done), "attacker");
        attacker.start();
        try {
            for (int round = 0; round < 15; round++) {
                Items items = new Items();
                for (int i = 0; i < 40; i++) {
                    items.dir("d")
                            .dir("d/e")
                            .file("d/e/f" + i, "x")
                            .file("d/secret", "y")
                            .dir("d/e/secret");
                    items.symlink("d/s" + i, "t").node("d/p" + i, FileType.FIFO).link("d/l" + i, "d/secret", "y");
                }
                target(openat2).restore(items);
            }
        } finally {
            done.set(true);
            attacker.join();
        }
        assertOutsideIsUntouched();
    }

    private void swap(Path target, AtomicBoolean done) {
        Path d = target.resolve("d");
        Path aside = target.resolve("aside");
        while (!done.get()) {
            try {
                Path link = Files.createSymbolicLink(target.resolve("link"), outside);
                if (Files.isDirectory(d, LinkOption.NOFOLLOW_LINKS) && !Files.exists(aside)) {
                    Files.move(d, aside);
                }
                Files.move(link, d, StandardCopyOption.ATOMIC_MOVE);
                Thread.onSpinWait();
                Files.delete(d);
                Files.move(aside, d);
            } catch (IOException lost) {
                new java.io.File(target.resolve("link").toString()).delete(); // the restore was quicker: once more
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeviceIsRefusedUnlessAskedFor(boolean openat2) {
        Items items = new Items()
                .node("c", FileType.CHARACTER_DEVICE)
                .node("b", FileType.BLOCK_DEVICE)
                .node("fifo", FileType.FIFO)
                .file("good", "good");

        Report report = target(openat2).restore(items);

        assertThat(target(openat2).names()).containsExactly("fifo", "good");
        assertThat(report.problems()).singleElement().satisfies(group -> {
            assertThat(group.cause()).isEqualTo("device");
            assertThat(group.count()).isEqualTo(2);
            assertThat(group.severity()).isEqualTo(Problem.Severity.ERROR);
        });
    }
}
