package io.stripeline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.Volume;
import io.stripeline.flow.Base;
import io.stripeline.flow.Job;
import io.stripeline.flow.Pipelines;
import io.stripeline.flow.Report;
import io.stripeline.flow.Sink;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Xattr;
import io.stripeline.posix.Errno;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.PosixException;
import io.stripeline.read.ContentSource;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.read.XattrRoom;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.write.Fate;
import io.stripeline.write.RestorePlan;
import io.stripeline.write.TreeWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What every volume must do. A driver's test is a subclass that says how a tree gets there and how to look at it;
 * {@link io.stripeline.Capabilities} decides what is demanded, and what is not is skipped with its reason.
 */
public abstract class VolumeContract extends ScanContract {
    private static final int SLAB = 16 << 10;

    // ---- content

    @Test
    protected void contentIsReadAtAnyOffset() {
        Content content = Content.random(5, 100_003);
        try (Volume volume = volume(Tree.root(Tree.file("f", content)));
                ContentSource.OpenFile file = volume.content().open(entry(volume, "f"))) {
            assertThat(file.inode().sizeBytes()).isEqualTo(100_003);
            for (long from : new long[] {0, 1, 65_536, 100_002}) {
                byte[] expected = new byte[(int) (100_003 - from)];
                content.read(from, expected, 0, expected.length);
                assertThat(read(file, from, expected.length)).isEqualTo(expected);
            }
            assertThat(read(file, 100_003, 10)).isEmpty();
            assertThat(read(file, 1 << 20, 10)).isEmpty();
        }
    }

    /** Reads on until there is no more, as a caller has to: a read may be short. */
    private static byte[] read(ContentSource.OpenFile file, long from, int length) {
        ByteBuffer buffer = NativeMemory.allocate(length);
        int done = 0;
        while (done < length) {
            int n = file.read(NativeMemory.address(buffer) + done, length - done, from + done);
            if (n == 0) {
                break;
            }
            done += n;
        }
        byte[] out = new byte[done];
        buffer.get(0, out);
        return out;
    }

    @Test
    protected void holesAreToldApartFromData() {
        Content content = Content.hole(1 << 20).then(Content.random(1, 1 << 16)).then(Content.hole(1 << 20));
        try (Volume volume = volume(Tree.root(Tree.file("f", content)))) {
            assumeTrue(volume.capabilities().holes(), "this volume cannot tell holes");
            try (ContentSource.OpenFile file = volume.content().open(entry(volume, "f"))) {
                assertThat(file.extent(0, content.length()).hole()).isTrue();
                assertThat(file.extent(1 << 20, content.length()).hole()).isFalse();
                assertThat(file.extent(content.length() - 1, content.length()).hole())
                        .isTrue();
                assertThat(file.extent(0, 100).length()).isEqualTo(100);
            }
        }
    }

    @Test
    protected void attributesCarryTargetsAndXattrs() {
        byte[] value = {0, (byte) 0xFF, 1};
        Tree tree = Tree.root(
                Tree.symlink("s", "some\nwhere"),
                Tree.file("f", 1).xattr("user.one", value),
                Tree.dir("d").xattr("user.two", value));
        try (Volume volume = volume(tree)) {
            assertThat(volume.content()
                            .attributes(entry(volume, "s"), XattrRoom.ALONE)
                            .linkTarget())
                    .isEqualTo("some\nwhere".getBytes(StandardCharsets.UTF_8));
            assumeTrue(volume.capabilities().xattrs(), "this volume has no xattrs");
            assertThat(volume.content()
                            .attributes(entry(volume, "d"), XattrRoom.ALONE)
                            .xattrs())
                    .containsExactly(new Xattr("user.two".getBytes(StandardCharsets.UTF_8), value));
            try (ContentSource.OpenFile file = volume.content().open(entry(volume, "f"))) {
                assertThat(file.attributes(XattrRoom.ALONE).xattrs())
                        .containsExactly(new Xattr("user.one".getBytes(StandardCharsets.UTF_8), value));
            }
        }
    }

    @Test
    protected void whatWasReplacedSinceTheScanIsNotFollowed() {
        for (Tree other : List.of(Tree.symlink("x", "other"), Tree.fifo("x"), Tree.dir("x", Tree.file("y", 1)))) {
            try (Volume volume = volume(Tree.root(Tree.file("f", 10), Tree.file("other", 20)))) {
                Entry entry = entry(volume, "f");
                replace(volume, "f", other);
                assertErrno(Errno.ESTALE, () -> volume.content().open(entry));
            }
        }
        try (Volume volume =
                volume(Tree.root(Tree.dir("d", Tree.file("f", 10)), Tree.dir("secret", Tree.file("f", 20))))) {
            Entry entry = entry(volume, "d/f");
            replace(volume, "d", Tree.symlink("d", "secret"));
            assertThatThrownBy(() -> volume.content().open(entry).close()).isInstanceOf(PosixException.class);
        }
    }

    @Test
    protected void whatVanishedSinceTheScanIsENOENT() {
        try (Volume volume = volume(Tree.root(Tree.file("f", 10), Tree.symlink("s", "t")))) {
            Entry file = entry(volume, "f");
            Entry link = entry(volume, "s");
            remove(volume, "f");
            remove(volume, "s");
            assertErrno(Errno.ENOENT, () -> volume.content().open(file));
            assertErrno(Errno.ENOENT, () -> volume.content().attributes(link, XattrRoom.ALONE));
        }
    }

    private static void assertErrno(int errno, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PosixException.class,
                        failure -> assertThat(failure.errno())
                                .as(failure.getMessage())
                                .isEqualTo(errno));
    }

    // ---- writer

    /** Copies a volume into another one through the reader stage. */
    private static Report copy(Volume from, Volume to, RestorePlan plan) {
        Job job = Job.start();
        SlabPool slabs = Slabs.pool(16, SLAB);
        TreeWriter writer = writer(to);
        Sink sink = items -> writer.write(items, plan, job);
        return Pipelines.run(
                        from.scan(ScanSpec.all(), job)
                                .transform(Read.items(
                                        from.content(),
                                        slabs,
                                        ReadSpec.of(from.capabilities())
                                                .readAhead(8)
                                                .readers(4),
                                        Base.NONE,
                                        job)),
                        sink)
                .block(LONG);
    }

    private static TreeWriter writer(Volume volume) {
        try {
            return volume.writer();
        } catch (UnsupportedOperationException readOnly) {
            return Assumptions.abort(readOnly.getMessage());
        }
    }

    @Test
    protected void whatIsWrittenIsWhatWasRead() {
        Tree tree = Tree.root(
                Tree.dir("a", Tree.file("f", 100_000).mode(04751), Tree.file("empty", 0))
                        .mode(02755),
                Tree.hole("hole", 5 << 20),
                Tree.file(
                        "sparse",
                        Content.hole(2 << 20).then(Content.random(3, 70_000)).then(Content.hole(3 << 20))),
                Tree.hardLink("z", "a/f"),
                Tree.symlink("link", "../x"),
                Tree.fifo("fifo").mode(0622),
                Tree.dir("ro", Tree.file("in", 3)).mode(0555).mtime(1_234_567_890, 987_654_321));
        try (Volume from = volume(tree);
                Volume to = volume(Tree.root())) {
            Report report = copy(from, to, RestorePlan.same());
            assertThat(report.problems()).isEmpty();
            facts(from).assertSame(facts(to));
        }
    }

    /** Whoever has to answer for each entry, a restore of Bacula for one, counts on exactly one word of each. */
    @Test
    protected void eachEntryIsToldOfOnce() {
        Tree tree = Tree.root(
                Tree.dir("d", Tree.file("small", 3), Tree.file("large", 3 * SLAB), Tree.fifo("fifo")),
                Tree.hole("hole", 5 << 20),
                Tree.hardLink("link", "d/large"),
                Tree.symlink("symlink", "../x"));
        Map<Long, Fate> fates = new ConcurrentHashMap<>();
        AtomicLong twice = new AtomicLong();
        try (Volume from = volume(tree);
                Volume to = volume(Tree.root(
                        Tree.dir("d", Tree.file("small", 4), Tree.file("large", 5)), Tree.symlink("symlink", "y")))) {
            RestorePlan plan = RestorePlan.same()
                    .overwrite(RestorePlan.Overwrite.NEVER)
                    .telling((number, fate) -> {
                        if (fates.put(number, fate) != null) {
                            twice.incrementAndGet();
                        }
                    });
            copy(from, to, plan);
            assertThat(twice).hasValue(0);
            assertThat(fates.keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 8).boxed().toList()); // the root is one
            assertThat(fates.values())
                    .filteredOn(Fate.RESTORED::equals)
                    .hasSizeBetween(4, 5); // a link may lead to what stays
        }
    }

    @Seeds(5)
    protected void aRandomTreeIsWrittenAsItWasRead(SplittableRandom random) {
        Tree tree = RandomTrees.of(random, 150);
        try (Volume from = volume(tree);
                Volume to = volume(Tree.root())) {
            assertThat(copy(from, to, RestorePlan.same()).problems()).isEmpty();
            facts(from).assertSame(facts(to));
        }
    }

    @Test
    protected void whatIsThereIsReplacedOnlyWhereThePlanSaysSo() {
        Tree there =
                Tree.root(Tree.file("old", 1).mtime(100, 0), Tree.file("new", 2).mtime(3_000_000_000L, 0));
        Tree stored = Tree.root(Tree.file("old", 10), Tree.file("new", 20));
        for (RestorePlan.Overwrite rule : RestorePlan.Overwrite.values()) {
            try (Volume from = volume(stored);
                    Volume to = volume(there)) {
                copy(from, to, RestorePlan.same().overwrite(rule));
                boolean always = rule == RestorePlan.Overwrite.ALWAYS;
                boolean old = always || rule == RestorePlan.Overwrite.NEWER;
                boolean young = always || rule == RestorePlan.Overwrite.OLDER;
                assertThat(facts(to).get("old").sizeBytes()).as("old, %s", rule).isEqualTo(old ? 10 : 1);
                assertThat(facts(to).get("new").sizeBytes()).as("new, %s", rule).isEqualTo(young ? 20 : 2);
            }
        }
    }

    @Test
    protected void nothingIsWrittenThroughASymlink() {
        try (Volume from = volume(Tree.root(Tree.dir("d", Tree.file("f", 10))));
                Volume to = volume(Tree.root(Tree.dir("outside"), Tree.dir("t", Tree.symlink("d", "../outside"))))) {
            Report report = copy(from, to, RestorePlan.same().into(RawPath.of("t")));
            assertThat(facts(to).paths()).doesNotContain(RawPath.of("outside/f"));
            boolean replaced = facts(to).get("t/d").type() == FileType.DIRECTORY;
            assertThat(replaced || !report.isComplete()).isTrue();
        }
    }

    @Test
    protected void aClosedVolumeScansNoMore() {
        Volume volume = volume(SAMPLE);
        volume.close();
        volume.close();
        assertThatThrownBy(() -> scan(volume, ScanSpec.all())).isInstanceOf(RuntimeException.class);
    }
}
