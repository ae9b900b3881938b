package io.stripeline.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatFs;
import io.stripeline.posix.StatxBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

class WalkerTest {
    private static final Limits WIDE = Limits.ofProcess();
    /** Almost nothing in memory, almost no descriptors: everything goes by disk and by path. */
    private static final Limits NARROW = new Limits(4, 8);

    @TempDir
    Path temp;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<InodeBatch> walk(ScanSpec spec) {
        return DiskFixture.walk(DiskFixture.tree(temp), spec, WIDE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 64})
    void findsEverythingOnce(int workers) {
        DiskFixture disk = new DiskFixture(temp, 11 + workers, 1500);
        ScanSpec spec = ScanSpec.all().workers(workers);
        List<InodeBatch> wide = DiskFixture.walk(DiskFixture.tree(temp), spec, WIDE);
        assertThat(DiskFixture.found(wide)).isEqualTo(disk.expected);
        assertThat(wide).allSatisfy(batch -> assertThat(batch.failures()).isEmpty());
        List<InodeBatch> narrow = DiskFixture.walk(DiskFixture.tree(temp), spec, NARROW);
        assertThat(DiskFixture.found(narrow)).isEqualTo(disk.expected);
    }

    @Test
    void aDirectoryComesBeforeWhatIsInIt() {
        new DiskFixture(temp, 5, 1200);
        for (int run = 0; run < 3; run++) {
            Set<RawPath> seen = new HashSet<>();
            IdentityHashMap<Dir, RawPath> dirs = new IdentityHashMap<>();
            for (InodeBatch batch : walk(ScanSpec.all().workers(8))) {
                for (int row = 0; row < batch.size(); row++) {
                    RawPath path = batch.path(row);
                    assertThat(path.isRoot() || seen.contains(path.parent()))
                            .as(path.toString())
                            .isTrue();
                    seen.add(path);
                    dirs.put(batch.dir(row), batch.dir(row).path());
                }
            }
            assertThat(new HashSet<>(dirs.values()))
                    .as("one object per directory")
                    .hasSize(dirs.size());
        }
    }

    @Test
    void rowsTellWhatStatTells() throws Exception {
        new DiskFixture(temp, 3, 300);
        for (InodeBatch batch : walk(ScanSpec.all())) {
            for (int row = 0; row < batch.size(); row++) {
                Path path = temp.resolve(
                        batch.path(row).isRoot() ? "" : batch.path(row).toString());
                if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                    continue; // a name that the JDK cannot write down
                }
                Inode inode = batch.inode(row);
                Map<String, Object> unix =
                        Files.readAttributes(path, "unix:*", java.nio.file.LinkOption.NOFOLLOW_LINKS);
                assertThat(inode.id()).isEqualTo(new InodeId((long) unix.get("dev"), 0, (long) unix.get("ino")));
                assertThat(inode.mode()).isEqualTo(unix.get("mode"));
                assertThat(inode.nlink()).isEqualTo(unix.get("nlink"));
                assertThat(inode.uid()).isEqualTo(unix.get("uid"));
                assertThat(inode.gid()).isEqualTo(unix.get("gid"));
                assertThat(inode.sizeBytes()).isEqualTo(unix.get("size"));
                FileTime mtime = (FileTime) unix.get("lastModifiedTime");
                assertThat(inode.mtime().seconds()).isEqualTo(mtime.toInstant().getEpochSecond());
            }
        }
    }

    @Test
    void demandStopsTheWalk() {
        int fd = DiskFixture.open(temp);
        for (int i = 0; i < 20_000; i++) {
            Namespace.mknodat(fd, bytes("file" + i), 0100600, 0);
        }
        Posix.close(fd);
        Job job = Job.start();
        try (Walker walker = new Walker(DiskFixture.tree(temp), "walk-test")) {
            AtomicInteger rows = new AtomicInteger();
            StepVerifier.create(walker.scan(ScanSpec.all().workers(4), job), 0)
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenRequest(2)
                    .consumeNextWith(batch -> rows.addAndGet(batch.size()))
                    .consumeNextWith(batch -> rows.addAndGet(batch.size()))
                    .expectNoEvent(Duration.ofMillis(100))
                    .then(() -> assertThat(job.progress().get(Counter.SCANNED))
                            .as("the queue and one batch in each hand")
                            .isLessThanOrEqualTo((2 + Outlet.CAPACITY + 1 + 4) * 256L))
                    .thenRequest(Long.MAX_VALUE)
                    .thenConsumeWhile(batch -> rows.addAndGet(batch.size()) >= 0)
                    .verifyComplete();
            assertThat(rows).hasValue(20_001);
            assertThat(job.progress().get(Counter.SCANNED)).isEqualTo(20_001);
            assertThat(job.progress().get(Counter.DIRECTORIES)).isEqualTo(1);
        }
    }

    @Test
    void cancelAtAnyPointLeavesNothing() throws Exception {
        new DiskFixture(temp, 8, 3000);
        List<String> before = DiskFixture.descriptors();
        for (int n = 0; n < 8; n++) {
            for (int workers : new int[] {1, 6}) {
                try (Walker walker = new Walker(DiskFixture.tree(temp), "walk-test")) {
                    int wanted = n;
                    StepVerifier.create(walker.scan(ScanSpec.all().workers(workers), Job.start()), n)
                            .expectNextCount(Math.min(wanted, 5))
                            .thenCancel()
                            .verify();
                }
            }
        }
        await().untilAsserted(() -> assertThat(DiskFixture.threads()).isZero());
        // the JVM itself looks at the limits of its control group now and then
        await().untilAsserted(() -> assertThat(DiskFixture.descriptors()).isEqualTo(before));
    }

    @Test
    void closingTheVolumeEndsItsScans() {
        new DiskFixture(temp, 8, 3000);
        Walker walker = new Walker(DiskFixture.tree(temp), "walk-test");
        StepVerifier.create(walker.scan(ScanSpec.all().workers(3), Job.start()), 1)
                .expectNextCount(1)
                .then(walker::close)
                .verifyErrorMessage("The volume was closed during the scan");
        await() // close() waits for their work, not for the last instructions of the threads
                .atMost(Duration.ofSeconds(5))
                .until(() -> DiskFixture.threads() == 0);
        StepVerifier.create(walker.scan(ScanSpec.all(), Job.start())).verifyErrorMessage("The volume is closed");
    }

    @Test
    void aRootThatCannotBeOpenedIsAnError() {
        try (Walker walker = new Walker(DiskFixture.tree(temp.resolve("missing")), "walk-test")) {
            StepVerifier.create(walker.scan(ScanSpec.all(), Job.start()))
                    .verifyErrorSatisfies(error -> assertThat(error).hasMessageContaining("ENOENT"));
        }
    }

    @Test
    void anErrorOfAWorkerEndsTheScan() {
        new DiskFixture(temp, 3, 200);
        Gate broken = (rows, taken, entered) -> {
            throw new NoClassDefFoundError("not linked");
        };
        try (Walker walker = new Walker(DiskFixture.tree(temp), "walk-test")) {
            StepVerifier.create(walker.scan(ScanSpec.all().gate(broken), Job.start()))
                    .thenConsumeWhile(batch -> true)
                    .verifyErrorSatisfies(error -> assertThat(error).hasMessageContaining("not linked"));
        }
    }

    /** Both directories are stat'ed, then one is opened: then the other is changed under the walk. */
    private List<InodeBatch> changeWhileWalking(Job job, java.util.function.Consumer<Path> change) throws Exception {
        Path a = Files.createDirectory(temp.resolve("a"));
        Files.createDirectory(a.resolve("v1"));
        Files.createDirectory(a.resolve("v2"));
        Files.createFile(a.resolve("v1/f"));
        Files.createFile(a.resolve("v2/f"));
        AtomicInteger opened = new AtomicInteger();
        Tree tree = new Tree() {
            @Override
            public int openRoot() {
                return DiskFixture.open(temp);
            }

            @Override
            public int lane(int dirfd) {
                if (opened.incrementAndGet() == 3) { // the root, a, and one of the two
                    String name = new String(
                            Posix.readlinkat(Fcntl.AT_FDCWD, bytes("/proc/self/fd/" + dirfd)), StandardCharsets.UTF_8);
                    change.accept(a.resolve(name.endsWith("v1") ? "v2" : "v1"));
                }
                return 0;
            }
        };
        try (Walker walker = new Walker(tree, "walk-test")) {
            return walker.scan(ScanSpec.all().workers(1), job).collectList().block();
        }
    }

    @Test
    void aDirectoryReplacedByASymlinkIsNotFollowed(@TempDir Path outside) throws Exception {
        Files.createFile(outside.resolve("secret"));
        List<InodeBatch> batches = changeWhileWalking(Job.start(), victim -> {
            try {
                Files.delete(victim.resolve("f"));
                Files.delete(victim);
                Files.createSymbolicLink(victim, outside);
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        assertThat(DiskFixture.paths(batches)).noneMatch(path -> path.endsWith("secret"));
        assertThat(batches.stream().flatMap(batch -> batch.failures().stream()))
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.path().toString()).startsWith("a/v");
                    assertThat(failure.cause().errnoName()).isIn("ENOTDIR", "ELOOP");
                    assertThat(failure.cause().operation()).isEqualTo("open");
                });
    }

    @Test
    void aDirectoryThatVanishesIsCountedOnly() throws Exception {
        Job job = Job.start();
        List<InodeBatch> batches = changeWhileWalking(job, victim -> {
            try {
                Files.delete(victim.resolve("f"));
                Files.delete(victim);
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        assertThat(batches).allSatisfy(batch -> assertThat(batch.failures()).isEmpty());
        assertThat(job.progress().get(Counter.VANISHED)).isEqualTo(1);
    }

    @Test
    void pathsBeyondPathMax() {
        byte[] name = new byte[200];
        Arrays.fill(name, (byte) 'd');
        int fd = DiskFixture.open(temp);
        for (int i = 0; i < 40; i++) {
            Namespace.mkdirat(fd, name, 0755);
            int next = Posix.openat(fd, name, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
            Posix.close(fd);
            fd = next;
        }
        Namespace.mknodat(fd, bytes("deep"), 0100644, 0);
        Posix.close(fd);
        try {
            for (Limits limits : List.of(WIDE, NARROW)) {
                List<InodeBatch> batches =
                        DiskFixture.walk(DiskFixture.tree(temp), ScanSpec.all().workers(2), limits);
                assertThat(DiskFixture.found(batches)).hasSize(42);
                assertThat(DiskFixture.paths(batches)).anyMatch(path -> path.endsWith("/deep") && path.length() > 8000);
            }
        } finally {
            removeChain(name);
        }
    }

    /** The JDK cannot remove what is deeper than PATH_MAX: moves the rest of the chain up, piece by piece. */
    private void removeChain(byte[] name) {
        int root = DiskFixture.open(temp);
        for (int i = 0; i < 40; i++) {
            int first = Posix.openat(root, name, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
            if (i < 39) {
                Namespace.renameat(first, name, root, bytes("next"));
                Namespace.rmdirat(root, name);
                Namespace.renameat(root, bytes("next"), root, name);
            } else {
                Namespace.unlinkat(first, bytes("deep"));
                Namespace.rmdirat(root, name);
            }
            Posix.close(first);
        }
        Posix.close(root);
    }

    @Test
    void patternsPruneAndChoose() throws Exception {
        for (String dir : List.of("keep/sub", "cache/deep", "keep/cache2")) {
            Files.createDirectories(temp.resolve(dir));
        }
        for (String file : List.of("a.c", "a.o", "keep/b.c", "keep/sub/c.c", "cache/deep/d.c", "keep/cache2/e.txt")) {
            Files.createFile(temp.resolve(file));
        }
        assertThat(DiskFixture.paths(walk(ScanSpec.all().exclude("cache*").exclude("*.o"))))
                .containsExactlyInAnyOrder(".", "a.c", "keep", "keep/b.c", "keep/sub", "keep/sub/c.c");
        assertThat(DiskFixture.paths(walk(ScanSpec.all().exclude("/cache").include("keep/**.c"))))
                .containsExactlyInAnyOrder(".", "keep", "keep/b.c", "keep/sub", "keep/sub/c.c", "keep/cache2");
    }

    @Test
    void skippedIdentitiesAreNeitherReportedNorEntered() throws Exception {
        Path store = Files.createDirectory(temp.resolve("store"));
        Files.createFile(store.resolve("pack"));
        Files.createFile(temp.resolve("data"));
        Map<String, Object> stat = Files.readAttributes(store, "unix:dev,ino");
        Job job = Job.start();
        try (Walker walker = new Walker(DiskFixture.tree(temp), "walk-test")) {
            ScanSpec spec = ScanSpec.all().skip(Set.of(new InodeId((long) stat.get("dev"), 0, (long) stat.get("ino"))));
            assertThat(DiskFixture.paths(walker.scan(spec, job).collectList().block()))
                    .containsExactlyInAnyOrder(".", "data");
        }
        assertThat(job.progress().get(Counter.SKIPPED)).isEqualTo(1);
    }

    @Test
    void pseudoFilesystemsAreNotEntered() {
        Path dev = Path.of("/dev");
        if (!Files.exists(dev.resolve("pts/ptmx"))) {
            System.out.println("WalkerTest.pseudoFilesystemsAreNotEntered skipped: no /dev/pts on this machine");
            org.junit.jupiter.api.Assumptions.abort("no /dev/pts on this machine");
        }
        ScanSpec spec = ScanSpec.all().exclude("/shm").exclude("/mqueue").exclude("/hugepages");
        Set<String> found = DiskFixture.paths(DiskFixture.walk(DiskFixture.tree(dev), spec, WIDE));
        assertThat(found).contains("null", "pts").noneMatch(path -> path.startsWith("pts/"));
        Set<String> one = DiskFixture.paths(
                DiskFixture.walk(DiskFixture.tree(dev), ScanSpec.all().oneFileSystem(true), WIDE));
        assertThat(one).contains("null", "pts").noneMatch(path -> path.startsWith("pts/") || path.startsWith("shm/"));
    }

    private static void assertRefused(Path root, ScanSpec spec, String why) throws Exception {
        List<String> before = DiskFixture.descriptors();
        try (Walker walker = new Walker(DiskFixture.tree(root), "walk-test")) {
            StepVerifier.create(walker.scan(spec, Job.start()))
                    .verifyErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(RefusedRootException.class)
                            .hasMessageContaining(why));
        }
        await().untilAsserted(() -> assertThat(DiskFixture.threads()).isZero());
        // the JVM itself looks at the limits of its control group now and then
        await().untilAsserted(() -> assertThat(DiskFixture.descriptors()).isEqualTo(before));
    }

    @Test
    void aRootAtOrBelowWhatIsSkippedIsRefused() throws Exception {
        Path packs = Files.createDirectories(temp.resolve("store/packs/00"));
        Map<String, Object> stat = Files.readAttributes(temp.resolve("store"), "unix:dev,ino");
        ScanSpec spec = ScanSpec.all().skip(Set.of(new InodeId((long) stat.get("dev"), 0, (long) stat.get("ino"))));
        for (Path root : List.of(temp.resolve("store"), packs.getParent(), packs)) {
            assertRefused(root, spec, "at or below");
        }
        Path beside = Files.createDirectories(temp.resolve("other/data"));
        assertThat(DiskFixture.paths(DiskFixture.walk(DiskFixture.tree(beside), spec, WIDE)))
                .containsExactly(".");
    }

    @Test
    void aRootThatTheKernelMakesUpIsRefused() throws Exception {
        assertRefused(Path.of("/proc"), ScanSpec.all(), "the kernel makes up");
        assertRefused(Path.of("/proc/self/fd"), ScanSpec.all(), "the kernel makes up");
    }

    /** Where {@code statfs} is false, the filesystem tells what it is and cannot be used all the same. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFilesystemThatFailsFailsItsDirectoryOnly(boolean statfs) throws Exception {
        Path dev = Path.of("/dev");
        if (!Files.exists(dev.resolve("pts/ptmx"))) {
            System.out.println("WalkerTest.aFilesystemThatFails skipped: no /dev/pts on this machine");
            org.junit.jupiter.api.Assumptions.abort("no /dev/pts on this machine");
        }
        StatFs good = StatFs.of(bytes("/dev"));
        long device = (long) Files.getAttribute(dev, "unix:dev");
        Tree tree = new Tree() {
            @Override
            public int openRoot() {
                return DiskFixture.open(dev);
            }

            @Override
            public StatFs statFs(int dirfd) {
                StatxBuffer stat = new StatxBuffer();
                Posix.statx(dirfd, StatxBuffer.BASIC_STATS, stat);
                if (statfs && stat.dev() != device) {
                    throw new PosixException("statfs", Errno.EIO, "a descriptor");
                }
                return good;
            }

            @Override
            public void entered(long on, int dirfd) {
                if (on != device) {
                    throw new PosixException("statfs", Errno.EIO, "a descriptor");
                }
            }
        };
        List<String> before = DiskFixture.descriptors();
        ScanSpec spec = ScanSpec.all().exclude("/shm").exclude("/mqueue").exclude("/hugepages");
        List<InodeBatch> batches = DiskFixture.walk(tree, spec, WIDE);
        assertThat(DiskFixture.paths(batches)).contains("null", "pts").noneMatch(path -> path.startsWith("pts/"));
        assertThat(batches.stream().flatMap(batch -> batch.failures().stream()))
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.path().toString()).isEqualTo("pts");
                    assertThat(failure.cause()).hasMessageStartingWith("statfs pts: EIO");
                });
        await().untilAsserted(() -> assertThat(DiskFixture.descriptors()).isEqualTo(before));
    }
}
