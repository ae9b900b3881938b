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
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.posix.Xattrs;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.scan.ScanSpec;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.write.RestorePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
    private Path memory = Path.of("/dev/shm");

    @BeforeEach
    void makeDirectories() throws IOException {
        Path shm = memory;
        memory = Files.isWritable(shm) && Files.getFileStore(shm).type().equals("tmpfs")
                ? Files.createTempDirectory(shm, "stripeline-xattr-")
                : disk;
    }

    @AfterEach
    void clear() throws IOException {
        if (memory != disk) {
            DiskTree.clear(memory);
            Files.delete(memory);
        }
    }

    private byte[] value(int bytes) {
        byte[] out = new byte[bytes];
        random.nextBytes(out);
        return out;
    }

    /** 0 where it was taken, else the errno. */
    private static int set(Path file, String name, byte[] value) {
        try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, file.toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_RDONLY, 0)) {
            Xattrs.set(fd.number(), name.getBytes(StandardCharsets.US_ASCII), value);
            return 0;
        } catch (PosixException failed) {
            return failed.errno();
        }
    }

    /** The namespace that a tmpfs takes: user since Linux 6.6, trusted from root. */
    private String onTmpfs(Path file) {
        assumeTrue(memory != disk, "no tmpfs on /dev/shm");
        if (set(file, "user.probe", new byte[0]) == 0) {
            return "user.";
        }
        assumeTrue(
                Processes.isRoot() && set(file, "trusted.probe", new byte[0]) == 0,
                "no user xattrs on tmpfs (before Linux 6.6), and trusted ones need root");
        return "trusted.";
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
        int errno = set(from.resolve("f"), "user.probe", new byte[0]);
        assumeTrue(errno == 0, "no user xattrs on the filesystem of temporary files: " + Errno.name(errno));
        for (String name : List.of("f", "d")) {
            int taken = 0;
            for (int step = MOST_VALUE; step > 0; step /= 2) {
                if (taken + step <= MOST_VALUE && set(from.resolve(name), "user.largest", value(taken + step)) == 0) {
                    taken += step;
                }
            }
            assertThat(set(from.resolve(name), "user.largest", value(taken))).isZero();
            System.out.println("LargeXattrTest: largest value on "
                    + Files.getFileStore(disk).type() + " is " + taken);
            assertThat(taken).isPositive();
        }
        assertCopies(disk, from);
    }

    @Test
    void moreThanAMebibyteOnTmpfs() throws Exception {
        Path from = from(memory);
        String space = onTmpfs(from.resolve("f"));
        for (String name : List.of("f", "d")) {
            for (int i = 0; i < 20; i++) {
                assertThat(set(from.resolve(name), space + "large" + i, value(MOST_VALUE)))
                        .isZero();
            }
        }
        int acl = set(from.resolve("f"), "system.posix_acl_access", ACL);
        if (acl != 0) {
            System.out.println("SKIPPED the ACL of LargeXattrTest: " + Errno.name(acl));
        }
        assertCopies(memory, from);
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
        Path from = from(memory);
        Path to = Files.createDirectory(memory.resolve("to"));
        String space = onTmpfs(from.resolve("f"));
        int most = AttributeRoom.MOST_BYTES / MOST_VALUE;
        for (int i = 0; i < most + 2; i++) {
            assertThat(set(from.resolve("f"), space + "large" + (100 + i), value(MOST_VALUE)))
                    .isZero();
        }
        boolean acl = set(from.resolve("f"), "system.posix_acl_access", ACL) == 0;

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
            assertThat(names).contains(space + "large100", space + "probe");
            assertThat(names.contains("system.posix_acl_access")).isEqualTo(acl);
            assertThat(names).doesNotContain(space + "large" + (100 + most + 1));
        }
    }

    @Test
    void namesThatTheKernelDoesNotListAreReportedAndTheContentIsKept() throws Exception {
        Path from = from(memory);
        Path to = Files.createDirectory(memory.resolve("to"));
        String space = onTmpfs(from.resolve("f"));
        for (int i = 0; i < 300; i++) {
            String name = space + "n".repeat(230) + (100 + i);
            assertThat(set(from.resolve("f"), name, new byte[] {1})).isZero();
        }
        Problem problem = copyWithAProblem(from, to);
        assertThat(problem.message()).contains("64 KiB").contains("its content is in this backup");
        assertThat(to.resolve("f")).hasSameBinaryContentAs(from.resolve("f"));
    }
}
