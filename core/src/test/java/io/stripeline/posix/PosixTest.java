package io.stripeline.posix;

import static io.stripeline.posix.Fcntl.AT_FDCWD;
import static io.stripeline.posix.Fcntl.O_CREAT;
import static io.stripeline.posix.Fcntl.O_DIRECTORY;
import static io.stripeline.posix.Fcntl.O_NOFOLLOW;
import static io.stripeline.posix.Fcntl.O_PATH;
import static io.stripeline.posix.Fcntl.O_RDONLY;
import static io.stripeline.posix.Fcntl.O_RDWR;
import static io.stripeline.posix.Fcntl.RESOLVE_BENEATH;
import static io.stripeline.posix.Fcntl.RESOLVE_NO_SYMLINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class PosixTest {
    private static final byte[] ODD = {'a', (byte) 0xFF, '\n', (byte) 0xC3, ' '};

    @TempDir
    Path temp;

    private int dir;
    private final StatxBuffer stat = new StatxBuffer();

    @BeforeEach
    void open() {
        dir = Posix.openat(AT_FDCWD, bytes(temp.toString()), O_RDONLY | O_DIRECTORY, 0);
    }

    @AfterEach
    void close() {
        Posix.close(dir);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        PosixException failed = catchThrowableOfType(PosixException.class, call);
        assertThat(failed).isNotNull();
        assertThat(failed.errnoName()).isEqualTo(Errno.name(errno));
    }

    private int create(byte[] name) {
        return Posix.openat(dir, name, O_RDWR | O_CREAT, 0640);
    }

    private List<byte[]> list(int fd) {
        ByteBuffer buffer = NativeMemory.allocate(4096);
        List<byte[]> names = new ArrayList<>();
        int n;
        while ((n = Posix.tryGetdents(fd, NativeMemory.address(buffer), 4096)) > 0) {
            for (int at = 0; at < n; at += buffer.getShort(at + DirEntries.RECORD_LENGTH) & 0xFFFF) {
                int end = at + DirEntries.NAME;
                while (buffer.get(end) != 0) {
                    end++;
                }
                byte[] name = new byte[end - at - DirEntries.NAME];
                buffer.get(at + DirEntries.NAME, name);
                names.add(name);
            }
        }
        assertThat(n).isZero();
        return names;
    }

    @Test
    void errorsCarryOperationErrnoAndPrintablePath() {
        PosixException failed = catchThrowableOfType(PosixException.class, () -> Posix.openat(dir, ODD, O_RDONLY, 0));
        assertThat(failed).hasMessage("open a\\xFF\\x0A\\xC3 : ENOENT (No such file or directory)");
        assertThat(failed.getStackTrace()).isEmpty();
        assertThat(failed.kind()).isEqualTo(Errno.Kind.GONE);
        assertThat(failed.at("x/y")).hasMessage("open x/y: ENOENT (No such file or directory)");
    }

    @Test
    void theUsualErrors() {
        Posix.close(create(bytes("file")));
        Namespace.symlinkat(bytes("file"), dir, bytes("link"));
        assertErrno(Errno.ENOTDIR, () -> Posix.openat(dir, bytes("file"), O_RDONLY | O_DIRECTORY, 0));
        assertErrno(Errno.ELOOP, () -> Posix.openat(dir, bytes("link"), O_RDONLY | O_NOFOLLOW, 0));
        assertErrno(Errno.ENAMETOOLONG, () -> Posix.openat(dir, bytes("n".repeat(300)), O_RDONLY, 0));
    }

    @Test
    void namesOfAnyBytesGoThroughListAndStat() {
        int fd = create(ODD);
        Posix.close(fd);
        assertThat(list(dir)).anySatisfy(name -> assertThat(name).isEqualTo(ODD));
        Posix.statx(dir, ODD, StatxBuffer.BASIC_STATS, stat);
        assertThat(stat.mode()).isEqualTo(0100640);
        assertErrno(Errno.EINVAL, () -> Posix.statx(dir, new byte[] {'a', 0, 'b'}, StatxBuffer.BASIC_STATS, stat));
    }

    @Test
    void statxTellsWhatJavaTells() throws Exception {
        int fd = create(bytes("f"));
        try {
            FileIo.truncate(fd, 12345);
            Metadata.utimens(fd, -5, 123456789, 1_700_000_000L, 987654321);
            Posix.statx(fd, StatxBuffer.BASIC_STATS | StatxBuffer.BTIME, stat);
        } finally {
            Posix.close(fd);
        }
        var java = Files.readAttributes(temp.resolve("f"), "unix:*");
        assertThat(stat.ino()).isEqualTo(java.get("ino"));
        assertThat(stat.dev()).isEqualTo(java.get("dev"));
        assertThat(stat.nlink()).isEqualTo(java.get("nlink"));
        assertThat(stat.uid()).isEqualTo(java.get("uid"));
        assertThat(stat.gid()).isEqualTo(java.get("gid"));
        assertThat(stat.mode()).isEqualTo(java.get("mode"));
        assertThat(stat.sizeBytes()).isEqualTo(12345);
        assertThat(stat.atimeSeconds()).isEqualTo(-5);
        assertThat(stat.atimeNanos()).isEqualTo(123456789);
        assertThat(stat.mtimeSeconds()).isEqualTo(1_700_000_000L);
        assertThat(stat.mtimeNanos()).isEqualTo(987654321);
        Posix.statx(AT_FDCWD, bytes("/dev/null"), StatxBuffer.BASIC_STATS, stat);
        assertThat(stat.rdev()).isEqualTo(StatxBuffer.device(1, 3));
    }

    @Test
    void openat2StaysBelow() {
        Namespace.mkdirat(dir, bytes("real"), 0755);
        int real = Posix.openat(dir, bytes("real"), O_RDONLY | O_DIRECTORY, 0);
        Posix.close(Posix.openat(real, bytes("f"), O_RDWR | O_CREAT, 0600));
        Posix.close(real);
        Namespace.symlinkat(bytes("real"), dir, bytes("in"));
        Namespace.symlinkat(bytes("/etc"), dir, bytes("out"));
        int strict = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
        try {
            Posix.close(Posix.openat2(dir, bytes("real/f"), O_RDONLY, 0, strict));
        } catch (PosixException unsupported) {
            if (unsupported.errno() == Errno.ENOSYS || unsupported.errno() == Errno.EPERM) {
                System.out.println("PosixTest.openat2StaysBelow skipped: " + unsupported.getMessage());
                org.junit.jupiter.api.Assumptions.abort(unsupported.getMessage());
            }
            throw unsupported;
        }
        Posix.close(Posix.openat2(dir, bytes("in/f"), O_RDONLY, 0, RESOLVE_BENEATH));
        assertErrno(Errno.ELOOP, () -> Posix.openat2(dir, bytes("in/f"), O_RDONLY, 0, strict));
        assertErrno(Errno.EXDEV, () -> Posix.openat2(dir, bytes("../x"), O_RDONLY, 0, strict));
        assertErrno(Errno.EXDEV, () -> Posix.openat2(dir, bytes("/etc/passwd"), O_RDONLY, 0, strict));
        assertErrno(Errno.EXDEV, () -> Posix.openat2(dir, bytes("out/passwd"), O_RDONLY, 0, RESOLVE_BENEATH));
    }

    @Test
    void pathsBeyondPathMaxByDescending() {
        byte[] name = new byte[250];
        Arrays.fill(name, (byte) 'd');
        int depth = 20; // 20 x 251 bytes
        int at = Posix.duplicate(dir);
        for (int i = 0; i < depth; i++) {
            Namespace.mkdirat(at, name, 0755);
            int next = Posix.openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
            Posix.close(at);
            at = next;
        }
        Posix.close(Posix.openat(at, ODD, O_RDWR | O_CREAT, 0600));
        assertThat(list(at)).anySatisfy(found -> assertThat(found).isEqualTo(ODD));
        Posix.statx(AT_FDCWD, Metadata.procPath(at, ODD), StatxBuffer.BASIC_STATS, stat);
        assertThat(stat.mode()).isEqualTo(0100600);
        Namespace.unlinkat(at, ODD);
        for (int i = 0; i < depth; i++) {
            int parent = Posix.openat(at, bytes(".."), O_RDONLY | O_DIRECTORY, 0);
            Posix.close(at);
            Namespace.rmdirat(parent, name);
            at = parent;
        }
        Posix.close(at);
        assertErrno(Errno.ENAMETOOLONG, () -> Posix.openat(dir, bytes("n".repeat(5000)), O_RDONLY, 0));
    }

    @Test
    void holes() {
        int fd = create(bytes("sparse"));
        try {
            ByteBuffer data = NativeMemory.allocate(8192);
            data.put(0, "hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(FileIo.pwrite(fd, NativeMemory.address(data), 8192, 1 << 20))
                    .isEqualTo(8192);
            FileIo.truncate(fd, 4 << 20);
            assertThat(FileIo.nextData(fd, 0)).isEqualTo(1 << 20);
            assertThat(FileIo.nextHole(fd, 1 << 20)).isEqualTo((1 << 20) + 8192);
            assertThat(FileIo.nextData(fd, (1 << 20) + 8192)).isEqualTo(-1);
            ByteBuffer back = NativeMemory.allocate(16);
            assertThat(FileIo.pread(fd, NativeMemory.address(back), 16, 1 << 20))
                    .isEqualTo(16);
            assertThat(back.get(4)).isEqualTo((byte) 'o');
            assertThat(FileIo.pread(fd, NativeMemory.address(back), 16, 4 << 20))
                    .isZero();
            FileIo.allocate(fd, FileIo.FALLOC_FL_KEEP_SIZE, 0, 4096);
            FileIo.advise(fd, 0, 0, FileIo.FADV_DONTNEED);
            FileIo.sync(fd);
        } finally {
            Posix.close(fd);
        }
    }

    @Test
    void extendedAttributes() {
        byte[] key = bytes("user.k\u00e9y");
        int fd = create(bytes("x"));
        byte[] path = bytes(temp.resolve("x").toString());
        try {
            Xattrs.set(fd, key, ODD);
        } catch (PosixException unsupported) {
            Posix.close(fd);
            assertThat(unsupported.errno()).isEqualTo(Errno.EOPNOTSUPP);
            System.out.println("PosixTest.extendedAttributes skipped: " + unsupported.getMessage());
            org.junit.jupiter.api.Assumptions.abort(unsupported.getMessage());
        }
        try {
            assertThat(Xattrs.get(fd, key)).isEqualTo(ODD);
            assertThat(Xattrs.get(path, key)).isEqualTo(ODD);
            assertThat(Xattrs.list(fd)).anySatisfy(name -> assertThat(name).isEqualTo(key));
            assertErrno(Errno.EEXIST, () -> Xattrs.create(fd, key, ODD));
            Xattrs.set(path, bytes("user.empty"), new byte[0]);
            assertThat(Xattrs.get(Metadata.procPath(dir, bytes("x")), bytes("user.empty")))
                    .isEmpty();
            assertThat(Xattrs.list(path)).hasSizeGreaterThanOrEqualTo(2);
            Xattrs.remove(path, bytes("user.empty"));
            Xattrs.remove(fd, key);
            assertThat(Xattrs.get(fd, key)).isNull();
            assertThat(Xattrs.get(path, key)).isNull();
            assertErrno(Errno.E2BIG, () -> Xattrs.set(fd, key, new byte[65537]));
        } finally {
            Posix.close(fd);
        }
    }

    @Test
    void namesAreMadeLinkedRenamedAndRemoved() {
        Posix.close(create(bytes("one")));
        Namespace.linkat(dir, bytes("one"), dir, ODD);
        Posix.statx(dir, bytes("one"), StatxBuffer.BASIC_STATS, stat);
        assertThat(stat.nlink()).isEqualTo(2);
        Namespace.symlinkat(ODD, dir, bytes("s"));
        assertThat(Posix.readlinkat(dir, bytes("s"))).isEqualTo(ODD);
        int link = Posix.openat(dir, bytes("s"), O_PATH | O_NOFOLLOW, 0);
        assertThat(Posix.readlink(link)).isEqualTo(ODD);
        Posix.close(link);
        assertErrno(Errno.EEXIST, () -> Namespace.renameNew(dir, bytes("one"), dir, ODD));
        Namespace.renameat(dir, bytes("one"), dir, bytes("two"));
        Namespace.unlinkat(dir, bytes("two"));
        Namespace.mknodat(dir, bytes("fifo"), 0010600, 0);
        int fifo = Posix.openat(dir, bytes("fifo"), O_PATH | O_NOFOLLOW, 0);
        Metadata.chmodByPath(fifo, 0604);
        Posix.statx(fifo, StatxBuffer.BASIC_STATS, stat);
        assertThat(stat.mode()).isEqualTo(0010604);
        Posix.close(fifo);
        Namespace.mkdirat(dir, bytes("d"), 0700);
        assertErrno(Errno.EISDIR, () -> Namespace.unlinkat(dir, bytes("d")));
        Namespace.rmdirat(dir, bytes("d"));
        Metadata.chown(dir, bytes("s"), Processes.effectiveUid(), -1);
        Metadata.utimens(dir, bytes("s"), 0, Metadata.UTIME_OMIT, 77, 5);
        Posix.statx(dir, bytes("s"), StatxBuffer.BASIC_STATS, stat);
        assertThat(stat.mtimeSeconds()).isEqualTo(77);
    }

    @Test
    void filesystemsAndProcess() {
        assertThat(StatFs.of(bytes("/proc")).isPseudo()).isTrue();
        assertThat(StatFs.of(bytes("/sys")).isPseudo()).isTrue();
        StatFs here = StatFs.of(dir);
        assertThat(here.isPseudo()).isFalse();
        assertThat(here.blockBytes()).isPositive();
        assertThat(here.readOnly()).isFalse();
        assertThat(Processes.maxOpenFiles()).isGreaterThan(64);
        int before = Processes.umask(077);
        assertThat(Processes.umask(before)).isEqualTo(077);
        assertThat(Accounts.userName(0)).isEqualTo("root");
        assertThat(Accounts.groupName(0)).isEqualTo("root");
        assertThat(Accounts.userName(-7)).isEqualTo("4294967289");
        assertErrno(Errno.EINVAL, () -> Processes.signal((int) Processes.pid(), 999));
        assertThat(Processes.exists(1)).isTrue();
        assertThat(Processes.exists(Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void inodeFlagsWhereTheFilesystemHasThem() {
        int fd = create(bytes("flags"));
        try {
            int flags = InodeFlags.get(fd);
            InodeFlags.set(fd, flags | InodeFlags.FS_NODUMP_FL);
            assertThat(InodeFlags.get(fd) & InodeFlags.FS_NODUMP_FL).isNotZero();
            assertThat(InodeFlags.projectId(fd)).isZero();
        } catch (PosixException unsupported) {
            assertThat(unsupported.kind()).isEqualTo(Errno.Kind.UNSUPPORTED);
            System.out.println("PosixTest.inodeFlags skipped: " + unsupported.getMessage());
            org.junit.jupiter.api.Assumptions.abort(unsupported.getMessage());
        } finally {
            Posix.close(fd);
        }
    }

    @Test
    void ownersOfDescriptorsAreCounted() {
        long before = Fd.outstanding();
        Fd fd = Fd.openat(dir, bytes("."), O_RDONLY, 0);
        assertThat(Fd.outstanding()).isEqualTo(before + 1);
        assertErrno(Errno.EINVAL, () -> Posix.readlinkat(fd.number(), bytes(".")));
        fd.close();
        fd.close();
        assertThat(Fd.outstanding()).isEqualTo(before);
        assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
        assertErrno(Errno.EBADF, () -> Posix.close(987654));
    }

    @Test
    void refusesReactorThreadsThatMustNotBlock() {
        Scheduler nonBlocking = Schedulers.newParallel("must-not-block", 1);
        try {
            assertThatThrownBy(() -> Mono.fromCallable(() -> Posix.openat(dir, bytes("."), O_RDONLY, 0))
                            .subscribeOn(nonBlocking)
                            .block())
                    .hasMessageContaining("must-not-block");
        } finally {
            nonBlocking.dispose();
        }
    }

    @Test
    @SuppressWarnings("try") // closed early on purpose
    void aPipeTellsWhenItsOtherEndIsClosed() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        try (var in = cat.getOutputStream()) {
            String fds = "/proc/" + cat.pid() + "/fd/0";
            try (Fd read = Fd.openat(Fcntl.AT_FDCWD, fds.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 0)) {
                assertThat(Pipes.isHungUp(read.number())).isFalse();
                assertThat(Pipes.resize(read.number(), 128 << 10)).isTrue();
                in.close();
                assertThat(cat.waitFor()).isZero();
                assertThat(Pipes.isHungUp(read.number())).isTrue();
            }
        }
        try (Fd noPipe = Fd.openat(Fcntl.AT_FDCWD, "/".getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 0)) {
            assertThat(Pipes.resize(noPipe.number(), 128 << 10)).isFalse();
        }
    }
}
