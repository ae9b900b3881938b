package io.stripeline.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.flow.Report;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Seeds;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts;
import io.stripeline.write.RestorePlan.Overwrite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

/** What stays, what is replaced, what a broken stream does, and what a cancel leaves. */
@Timeout(120)
class RestoreRulesTest {
    private static final long THEN = 1_400_000_000;
    private static final long LATER = 1_600_000_000;

    @TempDir
    Path work;

    private Target target;

    @BeforeEach
    void makeTarget() {
        target = new Target(work, true);
    }

    private String content(String path) throws Exception {
        return Files.readString(work.resolve(path), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @EnumSource(Overwrite.class)
    void theRuleDecidesForEveryKind(Overwrite rule) throws Exception {
        for (String age : List.of("older", "newer")) {
            long time = age.equals("older") ? THEN : LATER;
            DiskTree.add(work, "", Tree.file(age, 3).mtime(time, 0));
            DiskTree.add(work, "", Tree.symlink(age + "-s", "old").mtime(time, 0));
            DiskTree.add(work, "", Tree.dir(age + "-d").mode(0711).mtime(time, 0));
            DiskTree.add(work, "", Tree.file(age + "-l", 7).mtime(time, 0));
        }
        Items items = new Items();
        for (String age : List.of("older", "newer")) {
            items.file(age, "new").symlink(age + "-s", "new").dir(age + "-d").file(age + "-d/in", "new");
        }
        items.names(2).file("first", "new").link("older-l", "first", "new").link("newer-l", "first", "new");

        Report report = target.restore(items, RestorePlan.same().overwrite(rule));

        assertThat(report.problems()).isEmpty();
        TreeFacts facts = DiskFacts.of(work);
        for (String age : List.of("older", "newer")) {
            boolean replaced = switch (rule) {
                case ALWAYS -> true;
                case NEWER -> age.equals("older");
                case OLDER -> age.equals("newer");
                case NEVER -> false;
            };
            assertThat(content(age).equals("new")).as("%s file", age).isEqualTo(replaced);
            assertThat(content(age + "-l").equals("new")).as("%s link", age).isEqualTo(replaced);
            assertThat(facts.get(age + "-s").target()).isEqualTo(Items.bytes(replaced ? "new" : "old"));
            assertThat(facts.get(age + "-d").mode()).isEqualTo(replaced ? 0755 : 0711);
            assertThat(content(age + "-d/in")).isEqualTo("new");
        }
        long skipped = rule == Overwrite.ALWAYS ? 0 : rule == Overwrite.NEVER ? 6 : 3;
        assertThat(report.get(Counter.SKIPPED)).isEqualTo(skipped);
    }

    @ParameterizedTest
    @EnumSource(Overwrite.class)
    void aSecondRunChangesNothing(Overwrite rule) {
        Items items = new Items()
                .dir("a")
                .file("a/f", "content")
                .names(3)
                .file("g", "g")
                .link("h", "g", "g")
                .symlink("s", "t")
                .linkOf(FileType.SYMLINK, "a/s", "s")
                .names(1);
        target.restore(items);
        TreeFacts once = DiskFacts.of(work);

        Report report = target.restore(items, RestorePlan.same().overwrite(rule));

        assertThat(report.problems()).isEmpty();
        once.assertSame(DiskFacts.of(work), TreeFacts.Field.MTIME); // the target's own: no item is of it
    }

    @Test
    void childrenMayComeFirstAndDirectoriesKeepTheirAttributes() {
        Items items = new Items()
                .file("a/b/c/f", "x")
                .mode(0500)
                .dir("a/b/c")
                .mode(0750)
                .dir("a")
                .mode(-1);
        Report report = target.restore(items, RestorePlan.same().overwrite(Overwrite.NEVER));

        assertThat(report.problems()).isEmpty();
        TreeFacts facts = DiskFacts.of(work);
        assertThat(facts.get("a/b/c").mode()).isEqualTo(0500);
        assertThat(facts.get("a/b/c").mtime()).isEqualTo(Items.TIME);
        assertThat(facts.get("a/b").mode()).isEqualTo(0777 & ~Umask.current());
        assertThat(facts.get("a").mode()).isEqualTo(0750);
    }

    @Test
    void whatIsMissingOfTheTargetIsMade() {
        RestorePlan plan = RestorePlan.same().into(RawPath.of("x/y")).overwrite(Overwrite.NEVER);
        target.restore(new Items().file("f", "x"), plan);
        TreeFacts facts = DiskFacts.of(work);
        assertThat(facts.get("x").mode()).isEqualTo(0777 & ~Umask.current());
        assertThat(facts.get("x/y").mode()).isEqualTo(0777 & ~Umask.current());
        assertThat(target.names()).containsExactly("x", "x/y", "x/y/f");
        assertThatThrownBy(() -> target.restore(new Items(), RestorePlan.same().into(RawPath.of("../z"))))
                .hasMessageContaining("lead out");
    }

    @Test
    void anotherKindInTheWayIsReported() throws Exception {
        DiskTree.add(work, "", Tree.dir("f", Tree.file("in", 1)));
        DiskTree.add(work, "", Tree.file("d", 1));
        Report report = target.restore(
                new Items().file("f", "x").dir("d").file("d/in", "x").file("good", "x"));

        assertThat(report.get(Counter.FAILED)).isEqualTo(3);
        assertThat(report.problems().toString())
                .contains("A directory stands where this entry is to be")
                .contains("Something else stands where a directory is to be")
                .doesNotContain("..");
        assertThat(target.names()).containsExactly("d", "f", "f/in", "good");
    }

    @Test
    void theLastOfTwoEqualPathsCounts() throws Exception {
        Items items = new Items(1, 4096)
                .file("f", "1".repeat(10_000))
                .file("f", "2".repeat(5_000))
                .file("f", "the third");
        assertThat(target.restore(items).problems()).isEmpty();
        assertThat(content("f")).isEqualTo("the third");
        assertThat(target.names()).containsExactly("f");
    }

    @Test
    void aFileThatIsNotWholeGetsNoName() {
        Items items = new Items().begin("short", 10).end("short", 10).file("good", "x");
        Report report = target.restore(items);
        assertThat(target.names()).containsExactly("good");
        assertThat(report.problems().toString()).contains("0 of its 10 bytes came");
    }

    @Test
    void aHoleIsPartOfTheFile() throws Exception {
        Items items = new Items()
                .begin("sparse", 1 << 20)
                .item(new Item.Hole(0, 1 << 20))
                .end("sparse", 1 << 20);
        assertThat(target.restore(items).problems()).isEmpty();
        assertThat(Files.size(work.resolve("sparse"))).isEqualTo(1 << 20);
        assertThat(DiskFacts.of(work).get("sparse").allocatedBytes()).isZero();
    }

    @Test
    void aMalformedStreamIsAnError() {
        List.of(
                        new Items().begin("a", 1).file("b", "x"),
                        new Items().begin("a", 1).link("b", "a"),
                        new Items().begin("a", 1),
                        new Items().end("a", 0),
                        new Items().item(new Item.Hole(0, 5)),
                        new Items().item(new Item.Gone(RawPath.of("a"), false)))
                .forEach(items ->
                        assertThatThrownBy(() -> target.restore(items)).isInstanceOf(IllegalArgumentException.class));
        assertThat(target.names()).isEmpty();
    }

    private static String temporary(String name) {
        return new String(new Temporaries().take(Dir.root(), Items.bytes(name), 0), StandardCharsets.US_ASCII);
    }

    @Test
    void namesLikeThoseOfTemporariesAreRestored() throws Exception {
        String of = temporary("f");
        Items items = new Items(2, 4096);
        for (String name :
                List.of(".stripeline-mine.part", ".stripeline-.part", ".stripeline-0123456789abcdef0.part")) {
            items.file(name, name);
        }
        // what is large is still being written when the name of its temporary comes, and when it has come before
        items.file("f", "content of f ".repeat(5000))
                .file(of, "a file of somebody")
                .file("d/f", "x")
                .dir("d/" + of)
                .file("d/" + of + "/below", "y")
                .file("e/" + of + "/" + of, "implicit")
                .file("e/f", "z".repeat(50_000))
                .names(2)
                .file("g", "two names")
                .link(temporary("h"), "g", "two names")
                .names(1)
                .file("h", "h".repeat(50_000));
        for (int run = 0; run < 2; run++) {
            assertThat(target.restore(items).problems()).isEmpty();
            assertThat(content("f")).isEqualTo("content of f ".repeat(5000));
            assertThat(content(of)).isEqualTo("a file of somebody");
            assertThat(content(".stripeline-mine.part")).isEqualTo(".stripeline-mine.part");
            assertThat(content("d/f")).isEqualTo("x");
            assertThat(content("d/" + of + "/below")).isEqualTo("y");
            assertThat(content("e/" + of + "/" + of)).isEqualTo("implicit");
            assertThat(content("e/f")).isEqualTo("z".repeat(50_000));
            assertThat(content(temporary("h"))).isEqualTo("two names");
            assertThat(content("h")).isEqualTo("h".repeat(50_000));
            assertThat(target.names())
                    .filteredOn(name -> Temporaries.mayBe(Items.bytes(name)))
                    .hasSize(2);
        }
    }

    @Test
    void directoriesAreNewerByTheNanosecond() {
        DiskTree.add(work, "", Tree.dir("d").mode(0700).mtime(Items.TIME.seconds(), Items.TIME.nanos() - 1));
        DiskTree.add(work, "", Tree.dir("e").mode(0700).mtime(Items.TIME.seconds(), Items.TIME.nanos() + 1));
        target.restore(new Items().dir("d").dir("e"), RestorePlan.same().overwrite(Overwrite.NEWER));
        assertThat(DiskFacts.of(work).get("d").mode()).isEqualTo(0755);
        assertThat(DiskFacts.of(work).get("e").mode()).isEqualTo(0700);
        target.restore(
                new Items().mode(0711).dir("d").dir("e"), RestorePlan.same().overwrite(Overwrite.OLDER));
        assertThat(DiskFacts.of(work).get("d").mode()).isEqualTo(0755);
        assertThat(DiskFacts.of(work).get("e").mode()).isEqualTo(0711);
    }

    /** A cancel at any item leaves no temporary; a run after it makes the tree whole. */
    @Seeds(30)
    void aCancelLeavesOnlyWholeFilesAndCanBeRunAgain(SplittableRandom random) throws Exception {
        Items items = new Items(1 + random.nextInt(4), 4096);
        for (int i = 0; i < 30; i++) {
            String dir = "d" + random.nextInt(5);
            items.dir(dir)
                    .file(dir + "/f" + i, "x".repeat(random.nextInt(20_000)))
                    .symlink(dir + "/s" + i, "t");
            items.names(2).file("g" + i, "y").link(dir + "/l" + i, "g" + i, "y").names(1);
        }
        int at = random.nextInt(items.count());
        AtomicInteger seen = new AtomicInteger();
        CountDownLatch reached = new CountDownLatch(1);
        Disposable running = Pipelines.run(
                        items.flux().doOnNext(item -> {
                            if (seen.getAndIncrement() == at) {
                                reached.countDown();
                            }
                        }),
                        in -> target.writer().write(in, RestorePlan.same(), Job.start()))
                .subscribe();
        assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        running.dispose();
        awaitEnd();
        assertThat(target.names()).noneMatch(name -> name.endsWith(".part"));

        Report report = target.restore(items, RestorePlan.same().overwrite(Overwrite.NEWER));

        assertThat(report.problems()).isEmpty();
        assertThat(target.names()).noneMatch(name -> name.endsWith(".part"));
        TreeFacts facts = DiskFacts.of(work);
        for (RawPath path : facts.paths()) {
            if (facts.get(path).type() == FileType.DIRECTORY && !path.isRoot()) {
                assertThat(facts.get(path).mode()).as("mode of %s", path).isEqualTo(0755);
            }
        }
    }

    private static void awaitEnd() throws InterruptedException {
        for (boolean running = true; running; Thread.sleep(1)) {
            running = Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().startsWith("stripeline-"));
        }
    }

    @Test
    void leftTemporariesOfAKilledRunAreTakenOver() throws Exception {
        Files.writeString(work.resolve(".stripeline-af63dd4c8601eda6.part"), "half");
        DiskTree.add(work, "", Tree.dir("d").mode(TargetDirs.UNFINISHED));
        RestorePlan never = RestorePlan.same().overwrite(Overwrite.NEVER);
        assertThat(target.restore(new Items().file("i", "x").file("f", "whole").dir("d"), never)
                        .problems())
                .isEmpty();
        assertThat(DiskFacts.of(work).get("d").mode()).isEqualTo(0755);
        assertThat(content("f")).isEqualTo("whole");
    }

    @Test
    void whatTheSourceCouldNotReadAndHasReportedIsNotPutInPlace() {
        Items items = new Items().begin("f", 3);
        items.item(new Item.End(
                new Items().inode(FileType.REGULAR, 3),
                new Outcome.Failed(new io.stripeline.posix.PosixException("read", 5, "f")),
                true));
        Report report = target.restore(items.file("good", "x"));
        assertThat(report.problems()).isEmpty();
        assertThat(target.names()).containsExactly("good");
    }
}
