package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.Volume;
import io.stripeline.flow.AttributeRoom;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Problems;
import io.stripeline.flow.Progress;
import io.stripeline.inode.Entry;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Xattrs;
import io.stripeline.read.ContentSource;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.read.XattrRoom;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.XattrPlace;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Extended attributes as large, and as many, as the filesystem takes, and beyond what anybody keeps. */
@Timeout(120)
class LargeXattrTest {
    private static final int MOST_VALUE = 65_536; // XATTR_SIZE_MAX
    private static final byte[] ACL = {
        2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 2, 0, 4, 0, 57, 48, 0, 0, 4, 0, 5, 0, -1, -1, -1, -1, 16, 0, 5, 0, -1,
        -1, -1, -1, 32, 0, 4, 0, -1, -1, -1, -1
    };

    @TempDir
    Path disk;

    private final Random random = new Random(1);
    private final XattrPlace memory = new XattrPlace();

    @AfterEach
    void clear() {
        memory.close();
    }

    private byte[] value(int bytes) {
        byte[] out = new byte[bytes];
        random.nextBytes(out);
        return out;
    }

    private static Path from(Path work) throws IOException {
        Path from = Files.createDirectory(work.resolve("from"));
        DiskTree.create(from, Tree.root(Tree.file("f", 70_000), Tree.dir("d", Tree.file("g", 3))));
        return from;
    }

    private static void assertCopies(Path work, Path from) throws IOException {
        Path to = Files.createDirectory(work.resolve("to"));
        assertThat(CopyTreeTest.copy(from, to, RestorePlan.same(), 3, 64 << 10).problems())
                .isEmpty();
        DiskFacts.of(from).assertSame(DiskFacts.of(to));
    }

    @Test
    void theLargestThatTheFilesystemOfTemporaryFilesTakes() throws Exception {
        Path from = from(disk);
        int errno = XattrPlace.set(from.resolve("f"), "user.probe", new byte[0]);
        assumeTrue(errno == 0, "no user xattrs on the filesystem of temporary files: " + Errno.name(errno));
        for (String name : List.of("f", "d")) {
            int taken = 0;
            for (int step = MOST_VALUE; step > 0; step /= 2) {
                if (taken + step <= MOST_VALUE
                        && XattrPlace.set(from.resolve(name), "user.largest", value(taken + step)) == 0) {
                    taken += step;
                }
            }
            assertThat(XattrPlace.set(from.resolve(name), "user.largest", value(taken)))
                    .isZero();
            System.out.println("LargeXattrTest: largest value on "
                    + Files.getFileStore(disk).type() + " is " + taken);
            assertThat(taken).isPositive();
        }
        assertCopies(disk, from);
    }

    /** It asks once what it has in hand is more than anybody may hold of each entry, and not before. */
    @Test
    void roomIsAskedForBeforeMuchIsHeld() throws Exception {
        Path top = memory.open();
        Path from = from(top);
        try (Volume volume = PosixVolume.open(from)) {
            Job job = Job.start();
            List<Entry> entries = volume.scan(ScanSpec.all(), job)
                    .flatMapIterable(batch -> IntStream.range(0, batch.size())
                            .mapToObj(batch::entry)
                            .toList())
                    .collectList()
                    .block(Duration.ofSeconds(60));
            for (Entry entry : entries) {
                Path path = from.resolve(entry.path().toString());
                boolean file = entry.inode().isRegular();
                for (int values = 0; values < 40; values++) {
                    int[] asked = new int[1];
                    XattrRoom room = () -> asked[0]++;
                    if (file) {
                        try (ContentSource.OpenFile open = volume.content().open(entry)) {
                            assertThat(open.attributes(room).xattrs()).hasSize(values);
                        }
                    } else {
                        assertThat(volume.content().attributes(entry, room).xattrs())
                                .hasSize(values);
                    }
                    assertThat(asked[0] > 0).as(path + " with " + values).isEqualTo(values >= 31);
                    assertThat(XattrPlace.set(path, memory.space() + "v" + values, value(2_048)))
                            .isZero();
                }
            }
        }
    }

    @Test
    void moreThanAMebibyteOnTmpfs() throws Exception {
        Path from = from(memory.open());
        String space = memory.space();
        for (String name : List.of("f", "d")) {
            for (int i = 0; i < 20; i++) {
                assertThat(XattrPlace.set(from.resolve(name), space + "large" + i, value(MOST_VALUE)))
                        .isZero();
            }
        }
        int acl = XattrPlace.set(from.resolve("f"), "system.posix_acl_access", ACL);
        if (acl != 0) {
            System.out.println("SKIPPED the ACL of LargeXattrTest: " + Errno.name(acl));
        }
        assertCopies(from.getParent(), from);
    }

    /** Copies and returns the one problem of reading. */
    private Problem copyWithAProblem(Path from, Path to) {
        Problems.Group group;
        try (Volume source = PosixVolume.open(from);
                Volume target = PosixVolume.open(to);
                SlabPool pool = SlabPool.of(3, 64 << 10)) {
            // later than it is, so that only what is missing keeps an entry from being settled
            Job reading =
                    new Job(new Progress(), new Problems(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(10)));
            String[] begun = new String[1];
            var items = source.scan(ScanSpec.all(), reading)
                    .transform(Read.items(source.content(), pool, ReadSpec.standard(), Base.NONE, reading))
                    .doOnNext(item -> {
                        if (item instanceof Item.Begin begin) {
                            begun[0] = begin.entry().path().toString();
                        } else if (item instanceof Item.End end) {
                            assertThat(end.settled()).as(begun[0]).isEqualTo(!begun[0].equals("f"));
                        }
                    });
            assertThat(target.writer()
                            .write(items, RestorePlan.same(), Job.start())
                            .block(Duration.ofSeconds(100))
                            .problems())
                    .isEmpty();
            assertThat(reading.problems().groups()).hasSize(1);
            group = reading.problems().groups().get(0);
        }
        assertThat(group.severity()).isEqualTo(Problem.Severity.ERROR);
        assertThat(group.cause()).isEqualTo("extended attributes: E2BIG");
        return group.first().get(0);
    }

    @Test
    void whatIsBeyondTheRoomIsReportedAndTheRestIsKept() throws Exception {
        Path from = from(memory.open());
        Path to = Files.createDirectory(from.resolveSibling("to"));
        String space = memory.space();
        int most = AttributeRoom.MOST_BYTES / MOST_VALUE;
        for (int i = 0; i < most + 2; i++) {
            assertThat(XattrPlace.set(from.resolve("f"), space + "large" + (100 + i), value(MOST_VALUE)))
                    .isZero();
        }
        boolean acl = XattrPlace.set(from.resolve("f"), "system.posix_acl_access", ACL) == 0;

        Problem problem = copyWithAProblem(from, to);

        assertThat(problem.path()).hasToString("f");
        assertThat(problem.message())
                .startsWith("f: ")
                .contains("are not in this backup (" + space + "large")
                .contains("more than 4 MiB")
                .contains("its content is in this backup");
        assertThat(to.resolve("f")).hasSameBinaryContentAs(from.resolve("f"));
        try (Fd fd = Fd.openat(
                Fcntl.AT_FDCWD, to.resolve("f").toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_RDONLY, 0)) {
            List<String> names = Xattrs.list(fd.number()).stream()
                    .map(name -> new String(name, StandardCharsets.US_ASCII))
                    .toList();
            assertThat(names).contains(space + "large100");
            assertThat(names.contains("system.posix_acl_access")).isEqualTo(acl);
            assertThat(names).doesNotContain(space + "large" + (100 + most + 1));
        }
    }

    @Test
    void namesThatTheKernelDoesNotListAreReportedAndTheContentIsKept() throws Exception {
        Path from = from(memory.open());
        Path to = Files.createDirectory(from.resolveSibling("to"));
        String space = memory.space();
        for (int i = 0; i < 300; i++) {
            String name = space + "n".repeat(230) + (100 + i);
            assertThat(XattrPlace.set(from.resolve("f"), name, new byte[] {1})).isZero();
        }
        Problem problem = copyWithAProblem(from, to);
        assertThat(problem.message()).contains("64 KiB").contains("its content is in this backup");
        assertThat(to.resolve("f")).hasSameBinaryContentAs(from.resolve("f"));
    }
}
