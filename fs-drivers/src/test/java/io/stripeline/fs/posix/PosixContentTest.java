package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.posix.Xattrs;
import io.stripeline.read.ContentSource;
import io.stripeline.read.Read;
import io.stripeline.read.ReadSpec;
import io.stripeline.read.XattrRoom;
import io.stripeline.slab.Slab;
import io.stripeline.slab.SlabPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@Timeout(60)
class PosixContentTest {
    @TempDir
    Path tree;

    private final Dir top = Dir.root();
    private long descriptors;
    private Fd root;
    private PosixContent content;
    private final SlabPool slabs = SlabPool.of(32, 64 << 10).traced();

    @BeforeEach
    void openRoot() {
        descriptors = Fd.outstanding();
        root = Fd.openat(Fcntl.AT_FDCWD, tree.toString().getBytes(StandardCharsets.UTF_8), Fcntl.O_DIRECTORY, 0);
        content = PosixContent.of(root);
    }

    @AfterEach
    void nothingIsLeft() {
        content.close();
        root.close();
        assertThat(Fd.outstanding()).isEqualTo(descriptors);
        assertThat(slabs.takers()).isEmpty();
    }

    private void use(PosixContent other) {
        content.close();
        content = other;
    }

    private void choose(boolean openat2) {
        use(openat2 ? PosixContent.of(root) : PosixContent.withoutOpenat2(root));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The entry as a scan would find it now. */
    private Entry scanned(Dir dir, String name) {
        byte[] path = bytes(tree.resolve(dir.path(bytes(name)).toString()).toString());
        try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, path, Fcntl.O_PATH | Fcntl.O_NOFOLLOW, 0)) {
            return new Entry(dir, bytes(name), StatInode.of(fd.number()), Attributes.NONE);
        }
    }

    private Entry file(String name, byte[] bytes) throws IOException {
        Files.write(tree.resolve(name), bytes);
        return scanned(top, name);
    }

    private static byte[] random(long seed, int length) {
        byte[] out = new byte[length];
        new SplittableRandom(seed).nextBytes(out);
        return out;
    }

    private byte[] read(ContentSource.OpenFile file, int length, long offset) {
        try (SlabPool.Ticket ticket = slabs.ticket()) {
            Slab slab = ticket.take();
            int got = file.read(slab.address(), length, offset);
            byte[] out = new byte[got];
            slab.buffer().get(0, out);
            slab.release();
            return out;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private void assertStale(Entry entry) {
        assertThatThrownBy(() -> content.open(entry)).isInstanceOfSatisfying(PosixException.class, failed -> {
            assertThat(failed.errno()).isEqualTo(Errno.ESTALE);
            assertThat(failed.path()).contains(entry.dir().toString().replace(".", ""));
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void opensAndReads(boolean openat2) throws IOException {
        choose(openat2);
        Files.createDirectories(tree.resolve("a/b"));
        file("a/b/f", random(1, 10_000));
        Entry entry = scanned(top.child(bytes("a")).child(bytes("b")), "f");
        try (ContentSource.OpenFile file = content.open(entry)) {
            assertThat(file.inode()).isEqualTo(entry.inode());
            assertThat(read(file, 4000, 5000)).isEqualTo(Arrays.copyOfRange(random(1, 10_000), 5000, 9000));
            assertThat(read(file, 4000, 9000)).isEqualTo(Arrays.copyOfRange(random(1, 10_000), 9000, 10_000));
            assertThat(read(file, 4000, 10_000)).isEmpty();
            Files.write(tree.resolve("a/b/f"), new byte[5]);
            assertThat(file.inode().sizeBytes()).as("the second look is fresh").isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsGoneIsGone(boolean openat2) throws IOException {
        choose(openat2);
        Files.createDirectories(tree.resolve("a"));
        file("a/f", new byte[1]);
        Entry entry = scanned(top.child(bytes("a")), "f");
        Files.delete(tree.resolve("a/f"));
        assertThatThrownBy(() -> content.open(entry)).hasMessageContaining("ENOENT");
        Entry below = new Entry(top.child(bytes("gone")), bytes("f"), entry.inode(), Attributes.NONE);
        assertThatThrownBy(() -> content.open(below)).hasMessageContaining("open gone: ENOENT");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasReplacedIsNeverFollowedAndNeverWaitedFor(boolean openat2) throws IOException {
        choose(openat2);
        Path secret = Files.write(tree.resolve("secret"), new byte[100]);
        Entry entry = file("f", new byte[1]);
        Path path = tree.resolve("f");

        Files.delete(path);
        Files.createSymbolicLink(path, secret);
        assertStale(entry);

        Files.delete(path);
        Files.createDirectory(path);
        assertStale(entry);

        Files.delete(path);
        Namespace.mknodat(root.number(), bytes("f"), 0010600, 0);
        assertStale(entry);

        Files.delete(path);
        Namespace.mknodat(root.number(), bytes("f"), 0140600, 0);
        assertStale(entry);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aParentThatBecameASymlinkIsNotFollowed(boolean openat2) throws IOException {
        choose(openat2);
        Files.createDirectories(tree.resolve("a/b/c"));
        file("a/b/c/f", new byte[1]);
        Entry entry = scanned(top.child(bytes("a")).child(bytes("b")).child(bytes("c")), "f");
        Files.move(tree.resolve("a/b"), tree.resolve("moved"));
        Files.createSymbolicLink(tree.resolve("a/b"), tree.resolve("moved"));
        assertStale(entry);
        Files.delete(tree.resolve("a/b"));
        Files.write(tree.resolve("a/b"), new byte[1]);
        assertStale(entry);
    }

    @Test
    void namesThatLeadElsewhereAreRefused() throws IOException {
        Entry entry = file("f", new byte[1]);
        for (String name : List.of("..", ".", "a/b", "../f")) {
            Entry bad = new Entry(top, bytes(name), entry.inode(), Attributes.NONE);
            assertThatThrownBy(() -> content.open(bad)).hasMessageContaining("EINVAL");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pathsMayBeLongerThanAnyPath(boolean openat2) throws IOException, InterruptedException {
        choose(openat2);
        byte[] name = bytes("d".repeat(200));
        Dir dir = top;
        Fd at = Fd.of(io.stripeline.posix.Posix.duplicate(root.number()));
        for (int i = 0; i < 30; i++) {
            Namespace.mkdirat(at.number(), name, 0700);
            Fd next = Fd.openat(at.number(), name, Fcntl.O_DIRECTORY, 0);
            at.close();
            at = next;
            dir = dir.child(name);
        }
        Inode inode;
        try (Fd file = Fd.openat(at.number(), bytes("f"), Fcntl.O_CREAT | Fcntl.O_WRONLY, 0600)) {
            inode = StatInode.of(file.number());
        }
        at.close();
        try (ContentSource.OpenFile file = content.open(new Entry(dir, bytes("f"), inode, Attributes.NONE))) {
            assertThat(file.inode().id()).isEqualTo(inode.id());
        }
        assertThat(content.attributes(new Entry(dir.parent(), name, inodeOf(dir), Attributes.NONE), XattrRoom.ALONE))
                .isNotNull();
        // the test framework cannot delete what no path reaches
        assertThat(new ProcessBuilder("rm", "-rf", tree.resolve("d".repeat(200)).toString())
                        .start()
                        .waitFor())
                .isZero();
    }

    private Inode inodeOf(Dir dir) {
        DirCache cache = new DirCache(root, true);
        try (cache;
                DirCache.Lease lease = cache.lease(dir)) {
            return StatInode.of(lease.fd());
        }
    }

    @Test
    void directoriesAreKeptOpenButNotAllOfThem() throws IOException {
        DirCache cache = new DirCache(root, true);
        List<DirCache.Lease> used = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Files.createDirectory(tree.resolve("d" + i));
            DirCache.Lease lease = cache.lease(top.child(bytes("d" + i)));
            if (i % 10 == 0) {
                used.add(lease);
            } else {
                lease.close();
            }
        }
        assertThat(cache.size()).isLessThanOrEqualTo(64 + 1);
        used.forEach(lease -> assertThat(StatInode.of(lease.fd()).isDirectory()).isTrue());
        cache.close();
        used.forEach(DirCache.Lease::close);
        assertThat(cache.size()).isZero();
    }

    @Test
    void aFailedDirectoryIsNotKept() {
        DirCache cache = new DirCache(root, true);
        Dir missing = top.child(bytes("missing"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache.lease(missing)).hasMessageContaining("ENOENT");
        }
        cache.close();
        assertThat(cache.size()).isZero();
    }

    @Test
    void holesAreFound() throws IOException {
        Path path = tree.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(10 << 20);
            file.seek(4 << 20);
            file.write(random(1, 1 << 20));
        }
        Entry entry = scanned(top, "sparse");
        assumeTrue(entry.inode().blocks512() * 512 < entry.inode().sizeBytes(), "this filesystem makes no holes");
        try (ContentSource.OpenFile file = content.open(entry)) {
            long end = 10 << 20;
            assertThat(file.extent(0, end)).isEqualTo(new Extent(0, 4 << 20, true));
            assertThat(file.extent(4 << 20, end)).isEqualTo(new Extent(4 << 20, 1 << 20, false));
            assertThat(file.extent(5 << 20, end)).isEqualTo(new Extent(5 << 20, 5 << 20, true));
            assertThat(file.extent(100, 200)).isEqualTo(new Extent(100, 100, true));
        }
    }

    @Test
    void xattrsComeSortedWithRawValues() throws IOException {
        Entry entry = file("f", new byte[1]);
        try (Fd fd = Fd.openat(root.number(), bytes("f"), Fcntl.O_RDONLY, 0)) {
            Xattrs.set(fd.number(), bytes("user.z"), new byte[] {0, 1, (byte) 0xFF});
            Xattrs.set(fd.number(), bytes("user.a"), new byte[0]);
        } catch (PosixException failed) {
            assumeTrue(failed.errno() != Errno.EOPNOTSUPP, "no user xattrs on the filesystem of " + tree);
            throw failed;
        }
        try (ContentSource.OpenFile file = content.open(entry)) {
            assertThat(file.attributes(XattrRoom.ALONE).xattrs())
                    .filteredOn(xattr -> new String(xattr.name(), StandardCharsets.UTF_8).startsWith("user."))
                    .containsExactly(
                            new Xattr(bytes("user.a"), new byte[0]),
                            new Xattr(bytes("user.z"), new byte[] {0, 1, (byte) 0xFF}));
        }
    }

    @Test
    void symlinksTellTheirTargetAndAttributes() throws IOException {
        Files.createSymbolicLink(tree.resolve("link"), Path.of("no/where"));
        Entry entry = scanned(top, "link");
        boolean trusted = trusted("link");
        Attributes attributes = content.attributes(entry, XattrRoom.ALONE);
        assertThat(attributes.linkTarget()).isEqualTo(bytes("no/where"));
        if (trusted) {
            assertThat(attributes.xattrs()).contains(new Xattr(bytes("trusted.test"), bytes("v")));
        }
        Files.delete(tree.resolve("link"));
        Files.write(tree.resolve("link"), new byte[1]);
        assertThatThrownBy(() -> content.attributes(entry, XattrRoom.ALONE)).hasMessageContaining("ESTALE");
        Files.delete(tree.resolve("link"));
        assertThatThrownBy(() -> content.attributes(entry, XattrRoom.ALONE)).hasMessageContaining("ENOENT");
    }

    @Test
    void fifosAreNotOpened() {
        Namespace.mknodat(root.number(), bytes("fifo"), 0010600, 0);
        boolean trusted = trusted("fifo");
        Attributes attributes = content.attributes(scanned(top, "fifo"), XattrRoom.ALONE);
        assertThat(attributes.xattrs().contains(new Xattr(bytes("trusted.test"), bytes("v"))))
                .isEqualTo(trusted);
    }

    private boolean trusted(String name) {
        try {
            Xattrs.set(Metadata.procPath(root.number(), bytes(name)), bytes("trusted.test"), bytes("v"));
            return true;
        } catch (PosixException failed) {
            return false;
        }
    }

    @Test
    void directoriesAndTheRootHaveAttributes() throws IOException {
        Files.createDirectory(tree.resolve("d"));
        for (String name : List.of("d", "")) {
            Path path = name.isEmpty() ? tree : tree.resolve(name);
            try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, bytes(path.toString()), Fcntl.O_DIRECTORY, 0)) {
                Xattrs.set(fd.number(), bytes("user.of"), bytes("x" + name));
            } catch (PosixException failed) {
                assumeTrue(failed.errno() != Errno.EOPNOTSUPP, "no user xattrs on the filesystem of " + tree);
                throw failed;
            }
            assertThat(content.attributes(scanned(top, name), XattrRoom.ALONE).xattrs())
                    .contains(new Xattr(bytes("user.of"), bytes("x" + name)));
        }
    }

    @Test
    void flagsAreThoseThatARestoreCanSet() throws IOException {
        Entry entry = file("f", new byte[1]);
        try (Fd fd = Fd.openat(root.number(), bytes("f"), Fcntl.O_RDONLY, 0)) {
            InodeFlags.set(fd.number(), InodeFlags.get(fd.number()) | InodeFlags.FS_NODUMP_FL);
        } catch (PosixException failed) {
            assumeTrue(failed.kind() != Errno.Kind.UNSUPPORTED, "no inode flags on the filesystem of " + tree);
            throw failed;
        }
        try (ContentSource.OpenFile file = content.open(entry)) {
            assertThat(file.attributes(XattrRoom.ALONE).flags()).isEqualTo(InodeFlags.FS_NODUMP_FL);
        }
    }

    @Test
    void accessTimesStay() throws IOException {
        Entry entry = file("f", new byte[10]);
        Files.setAttribute(tree.resolve("f"), "lastAccessTime", FileTime.fromMillis(1000));
        try (ContentSource.OpenFile file = content.open(entry)) {
            read(file, 10, 0);
        }
        assertThat(Files.getAttribute(tree.resolve("f"), "lastAccessTime")).isEqualTo(FileTime.fromMillis(1000));
    }

    @Test
    void aFileThatMayNotBeReadSaysSo() throws IOException {
        assumeTrue(!Processes.isRoot(), "root reads everything");
        Entry entry = file("f", new byte[10]);
        Files.setPosixFilePermissions(tree.resolve("f"), java.util.Set.of());
        assertThatThrownBy(() -> content.open(entry)).hasMessageContaining("EACCES");
    }

    @Test
    void readsAroundThePageCacheGiveTheSameBytes() throws IOException {
        use(PosixContent.direct(root, 1));
        byte[] bytes = random(3, 100_001);
        Entry entry = file("f", bytes);
        try (ContentSource.OpenFile file = content.open(entry)) {
            assertThat(read(file, 64 << 10, 0)).isEqualTo(Arrays.copyOf(bytes, 64 << 10));
            assertThat(read(file, 64 << 10, 64 << 10)).isEqualTo(Arrays.copyOfRange(bytes, 64 << 10, 100_001));
            assertThat(read(file, 333, 77)).isEqualTo(Arrays.copyOfRange(bytes, 77, 77 + 333));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWholeTreeThroughTheReader(boolean openat2) throws IOException {
        choose(openat2);
        SplittableRandom random = new SplittableRandom(5);
        InodeBatch batch = new InodeBatch();
        Map<String, byte[]> expected = new LinkedHashMap<>();
        for (int d = 0; d < 10; d++) {
            Files.createDirectory(tree.resolve("d" + d));
            add(batch, scanned(top, "d" + d));
            Dir dir = top.child(bytes("d" + d));
            for (int f = 0; f < 20; f++) {
                byte[] bytes = random(d * 100 + f, f == 7 ? 3 << 20 : random.nextInt(200_000));
                Files.write(tree.resolve("d" + d + "/f" + f), bytes);
                add(batch, scanned(dir, "f" + f));
                expected.put("d" + d + "/f" + f, bytes);
            }
        }
        Map<String, byte[]> seen = new LinkedHashMap<>();
        ByteArrayOutputStream current = new ByteArrayOutputStream();
        Job job = Job.start();
        Flux.just(batch)
                .transform(Read.items(content, slabs, ReadSpec.standard(), Base.NONE, job))
                .doOnNext(item -> {
                    if (item instanceof Item.Begin begin) {
                        current.reset();
                        seen.put(begin.entry().toString(), new byte[0]);
                    } else if (item instanceof Item.Data data) {
                        ByteBuffer view = data.slab().buffer().duplicate();
                        byte[] bytes = new byte[view.remaining()];
                        view.get(bytes);
                        current.writeBytes(bytes);
                        data.slab().release();
                    } else if (item instanceof Item.End end && end.inode().isRegular()) {
                        List<String> names = new ArrayList<>(seen.keySet());
                        seen.put(names.get(names.size() - 1), current.toByteArray());
                    }
                })
                .blockLast(Duration.ofSeconds(50));
        assertThat(job.problems().groups()).isEmpty();
        assertThat(seen).hasSize(210);
        expected.forEach((name, bytes) ->
                assertThat(Arrays.equals(seen.get(name), bytes)).as(name).isTrue());
    }

    private static void add(InodeBatch batch, Entry entry) {
        batch.add(entry.dir(), entry.name(), entry.inode());
    }
}
