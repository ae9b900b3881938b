package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.Volume;
import io.stripeline.change.Change;
import io.stripeline.change.ChangeSource;
import io.stripeline.change.Cursor;
import io.stripeline.change.Past;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.scan.ScanSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every change source must do: a full backup and what the source tells later is the same as another full backup. A
 * driver's test is a subclass that says how a tree gets there and how another process changes it.
 */
@Timeout(120)
public abstract class ChangeContract {
    private static final Duration LONG = Duration.ofSeconds(100);

    @TempDir
    protected Path spill;

    /** A volume that has a change source, whose root holds {@code tree}. The contract closes it. */
    protected abstract Volume volume(Tree tree);

    /** Replaces the content of a file, as another process would; so do the others. */
    protected abstract void write(Volume volume, String path, Content content);

    protected abstract void chmod(Volume volume, String path, int mode);

    protected abstract void add(Volume volume, String parent, Tree node);

    /** A name with all below it. */
    protected abstract void remove(Volume volume, String path);

    protected abstract void rename(Volume volume, String from, String to);

    /** Loses some of the last changes, in a way that the source can notice; false where that cannot be arranged. */
    protected boolean lose(Volume volume, int n) {
        return false;
    }

    protected static final Tree SAMPLE = Tree.root(
            Tree.dir("a", Tree.file("f", 100), Tree.dir("deep", Tree.file("g", 10), Tree.file("h", 20))),
            Tree.dir("b", Tree.file("f", 5), Tree.hardLink("link", "a/f")),
            Tree.dir("empty"),
            Tree.file("top", 7),
            Tree.symlink("s", "a/f"));

    private static ChangeSource source(Volume volume) {
        return volume.changes().orElseThrow(() -> new AssertionError("this volume tells no changes"));
    }

    private static KnownNames full(Volume volume) {
        return KnownNames.full(volume, ScanSpec.all());
    }

    /** Does something between a full backup and an incremental one, which must be as good as a second full. */
    private KnownNames incremental(Volume volume, Runnable meanwhile) {
        Cursor from = source(volume).now();
        KnownNames known = full(volume);
        meanwhile.run();
        known.add(volume, from, source(volume).now(), ScanSpec.all(), spill);
        known.assertSame(full(volume));
        return known;
    }

    private static List<RawPath> paths(String... paths) {
        return java.util.Arrays.stream(paths).map(RawPath::of).toList();
    }

    @Test
    protected void theVolumeSaysThatItHasASource() {
        try (Volume volume = volume(SAMPLE)) {
            assertThat(volume.capabilities().changes()).isTrue();
            assertThat(volume.changes()).isPresent();
        }
    }

    @Test
    protected void nothingChangesNothing() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> {});
            assertThat(known.sent).isEmpty();
            assertThat(known.gone).isEmpty();
        }
    }

    @Test
    protected void writtenAndNewFilesAreSentOnce() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> {
                for (int i = 1; i < 5; i++) {
                    write(volume, "top", Content.random(i, 100L * i));
                }
                chmod(volume, "a/deep/g", 0600);
                add(volume, "empty", Tree.dir("new", Tree.file("n", 3)));
            });
            assertThat(known.sent).containsAll(paths("top", "a/deep/g", "empty/new", "empty/new/n"));
            assertThat(known.sent).doesNotContain(RawPath.of("b/f"), RawPath.of("a/deep/h"));
            assertThat(known.gone).isEmpty();
        }
    }

    @Test
    protected void allNamesOfALinkedInodeAreSent() {
        try (Volume volume = volume(SAMPLE)) {
            assumeTrue(volume.capabilities().hardLinks(), "this volume has no hard links");
            assertThat(incremental(volume, () -> write(volume, "a/f", Content.of("x"))).sent)
                    .contains(RawPath.of("a/f"), RawPath.of("b/link"));
            assertThat(incremental(volume, () -> add(volume, "", Tree.hardLink("third", "a/f"))).sent)
                    .contains(RawPath.of("a/f"), RawPath.of("b/link"), RawPath.of("third"));
            KnownNames known = incremental(volume, () -> remove(volume, "a/f"));
            assertThat(known.gone).contains(RawPath.of("a/f"));
            assertThat(known.sent).contains(RawPath.of("b/link"), RawPath.of("third"));
        }
    }

    @Test
    protected void removedTreesAreGoneNameByName() {
        try (Volume volume = volume(SAMPLE)) {
            Cursor from = source(volume).now();
            KnownNames known = full(volume);
            write(volume, "a/deep/g", Content.of("last words"));
            remove(volume, "a");
            known.add(volume, from, source(volume).now(), Past.NONE, ScanSpec.all(), spill);
            assertThat(known.gone)
                    .contains(
                            paths("a", "a/f", "a/deep", "a/deep/g", "a/deep/h").toArray(new RawPath[0]));
            known.assertSame(full(volume));
        }
    }

    @Test
    protected void aNameThatCameBackIsNotGone() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> {
                remove(volume, "top");
                add(volume, "", Tree.file("top", 1));
                rename(volume, "b/f", "b/away");
                rename(volume, "b/away", "b/f");
            });
            assertThat(known.gone).doesNotContain(RawPath.of("top"), RawPath.of("b/f"));
            assertThat(known.sent).contains(RawPath.of("top"), RawPath.of("b/f"));
        }
    }

    @Test
    protected void aFileInThePlaceOfADirectory() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> {
                remove(volume, "a");
                add(volume, "", Tree.file("a", 1));
                remove(volume, "top");
                add(volume, "", Tree.dir("top", Tree.file("in", 1)));
            });
            assertThat(known.gone).contains(RawPath.of("a"), RawPath.of("a/f"), RawPath.of("top"));
        }
    }

    @Test
    protected void whatIsBelowARenamedDirectoryIsSentThereAndGoneHere() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> rename(volume, "a", "b/a2"));
            assertThat(known.sent).containsAll(paths("b/a2", "b/a2/f", "b/a2/deep", "b/a2/deep/g", "b/a2/deep/h"));
            assertThat(known.gone).containsAll(paths("a", "a/f", "a/deep", "a/deep/g", "a/deep/h"));
        }
    }

    @Test
    protected void aRenamedDirectoryWhosePlaceIsTaken() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> {
                remove(volume, "a/deep/h");
                rename(volume, "a", "c");
                rename(volume, "b", "a");
                add(volume, "", Tree.dir("b", Tree.file("other", 1)));
                remove(volume, "c/deep");
            });
            assertThat(known.gone).containsAll(paths("a/deep", "a/deep/g", "a/deep/h", "b/f", "b/link"));
        }
    }

    @Test
    protected void withoutAPastTheNamesBelowARenamedDirectoryAreGoneOrAWarning() {
        try (Volume volume = volume(SAMPLE)) {
            Cursor from = source(volume).now();
            KnownNames known = full(volume);
            remove(volume, "a/deep/h");
            rename(volume, "a", "c");
            known.add(volume, from, source(volume).now(), Past.NONE, ScanSpec.all(), spill);
            assertThat(known.names).containsAllEntriesOf(full(volume).names);
            assertThat(known.gone).contains(RawPath.of("a"), RawPath.of("a/deep/h"));
            if (known.job.problems().groups().isEmpty()) {
                known.assertSame(full(volume));
            } else {
                assertThat(known.job.problems().groups())
                        .anySatisfy(
                                group -> assertThat(group.first().get(0).path()).isEqualTo(RawPath.of("a")));
            }
        }
    }

    @Test
    protected void aCursorCanBeStoredAndReadAgain() {
        try (Volume volume = volume(SAMPLE)) {
            Cursor from = Cursor.fromBytes(source(volume).now().toBytes());
            KnownNames first = full(volume);
            KnownNames second = full(volume);
            write(volume, "top", Content.of("1"));
            Cursor middle = source(volume).now();
            rename(volume, "a", "c");
            Cursor end = Cursor.fromBytes(source(volume).now().toBytes());
            first.add(volume, from, middle, ScanSpec.all(), spill);
            first.add(volume, middle, end, ScanSpec.all(), spill);
            // an interrupted job: what it read is read again
            assertThat(source(volume).since(from, end).take(1).collectList().block(LONG))
                    .hasSize(1);
            second.add(volume, from, end, ScanSpec.all(), spill);
            first.assertSame(full(volume));
            second.assertSame(first);
        }
    }

    @Test
    protected void acknowledgedChangesMayBeForgottenButNotSilently() {
        try (Volume volume = volume(SAMPLE)) {
            Cursor from = source(volume).now();
            KnownNames known = full(volume);
            KnownNames late = full(volume);
            write(volume, "top", Content.of("1"));
            Cursor middle = source(volume).now();
            source(volume).acknowledge(middle);
            write(volume, "b/f", Content.of("2"));
            Cursor end = source(volume).now();
            known.add(volume, from, end, ScanSpec.all(), spill);
            known.assertSame(full(volume));
            late.add(volume, middle, end, ScanSpec.all(), spill);
            assertThat(late.sent).contains(RawPath.of("b/f")).doesNotContain(RawPath.of("top"));
        }
    }

    @Test
    protected void anotherSourcesCursorLosesEverything() {
        try (Volume volume = volume(SAMPLE)) {
            Cursor foreign = new Cursor("of-another-kind", 1, new byte[3]);
            assertThat(source(volume)
                            .since(foreign, source(volume).now())
                            .collectList()
                            .block(LONG))
                    .contains(new Change.Lost(RawPath.ROOT));
        }
    }

    @Test
    protected void lostChangesAreFoundByAScan() {
        try (Volume volume = volume(SAMPLE)) {
            KnownNames known = incremental(volume, () -> {
                write(volume, "b/f", Content.of("found"));
                remove(volume, "b/link");
                assumeTrue(lose(volume, 100), "changes cannot be lost here");
                write(volume, "top", Content.of("told"));
            });
            assertThat(known.sent)
                    .contains(RawPath.of("b/f"), RawPath.of("top"))
                    .doesNotContain(RawPath.of("a/deep/g"));
            assertThat(known.gone).contains(RawPath.of("b/link"));
        }
    }

    @Test
    protected void patternsHoldForChangesToo() {
        ScanSpec spec = ScanSpec.all().exclude("deep").exclude("*.tmp");
        try (Volume volume = volume(SAMPLE)) {
            Cursor from = source(volume).now();
            KnownNames known = KnownNames.full(volume, spec);
            write(volume, "a/deep/g", Content.of("excluded"));
            add(volume, "", Tree.file("x.tmp", 1));
            add(volume, "", Tree.file("x", 1));
            rename(volume, "a", "c");
            known.add(volume, from, source(volume).now(), spec, spill);
            known.assertSame(KnownNames.full(volume, spec));
        }
    }

    @Seeds(40)
    protected void aFullAndItsIncrementalsAreAFull(SplittableRandom random) {
        try (Volume volume = volume(RandomTrees.of(random, 60))) {
            Cursor from = source(volume).now();
            mutate(volume, random, random.nextInt(4)); // a job's cursor is older than its scan
            KnownNames known = full(volume);
            for (int i = 0; i < 4; i++) {
                mutate(volume, random, random.nextInt(40));
                if (random.nextInt(3) == 0) {
                    lose(volume, random.nextInt(10));
                }
                mutate(volume, random, random.nextInt(5));
                Cursor end = source(volume).now();
                known.add(volume, from, end, ScanSpec.all(), spill);
                known.assertSame(full(volume));
                from = random.nextInt(4) == 0 ? from : end; // a failed job: from the same cursor again
            }
        }
    }

    @Seeds(40)
    protected void withoutAPastNoNameStaysThatNobodyWarnedOf(SplittableRandom random) {
        try (Volume volume = volume(RandomTrees.of(random, 60))) {
            KnownNames known = full(volume);
            Cursor from = source(volume).now();
            for (int i = 0; i < 4; i++) {
                mutate(volume, random, random.nextInt(40));
                Cursor end = source(volume).now();
                known.add(volume, from, end, Past.NONE, ScanSpec.all(), spill);
                if (known.job.problems().groups().isEmpty()) {
                    known.assertSame(full(volume));
                } else {
                    known = full(volume);
                }
                from = end;
            }
        }
    }

    /** Does what processes do, at random. */
    private void mutate(Volume volume, SplittableRandom random, int steps) {
        for (int i = 0; i < steps; i++) {
            List<RawPath> all = new ArrayList<>(new TreeSet<>(full(volume).names.keySet()));
            RawPath one = all.get(random.nextInt(all.size()));
            RawPath other = all.get(random.nextInt(all.size()));
            Inode inode = Objects.requireNonNull(source(volume).inode(one));
            Inode there = Objects.requireNonNull(source(volume).inode(other));
            String path = text(one);
            String fresh = "new" + random.nextInt(30);
            RawPath into = there.isDirectory() ? other.child(fresh.getBytes()) : other;
            boolean free = source(volume).inode(into) == null;
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (inode.type() == FileType.REGULAR) {
                        write(volume, path, Content.random(random.nextLong(), random.nextInt(5000)));
                    }
                }
                case 1 -> chmod(volume, path, 0700 | random.nextInt(0100));
                case 2 -> {
                    if (there.isDirectory() && free) {
                        add(volume, text(other), random.nextBoolean() ? Tree.file(fresh, 10) : Tree.dir(fresh));
                    }
                }
                case 3 -> {
                    if (there.isDirectory() && free && !inode.isDirectory()) {
                        add(volume, text(other), Tree.hardLink(fresh, path));
                    }
                }
                case 4 -> {
                    if (!one.isRoot() && (!inode.isDirectory() || random.nextInt(4) == 0)) {
                        remove(volume, path);
                    }
                }
                default -> {
                    boolean alike = free || !inode.isDirectory() && !there.isDirectory();
                    if (!one.isRoot() && !one.contains(into) && alike) {
                        rename(volume, path, text(into));
                    }
                }
            }
        }
    }

    private static String text(RawPath path) {
        return new String(path.toBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
