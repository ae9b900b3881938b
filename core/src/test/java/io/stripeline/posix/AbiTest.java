package io.stripeline.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Offsets and constants against the headers of this machine, by a compiled C program. */
class AbiTest {
    private static final Map<String, Long> C = new HashMap<>();

    @BeforeAll
    static void compileAndRun(@TempDir Path dir) throws IOException, InterruptedException {
        Path source = dir.resolve("abi.c");
        try (InputStream in = Objects.requireNonNull(AbiTest.class.getResourceAsStream("abi.c"))) {
            Files.copy(in, source);
        }
        Path program = dir.resolve("abi");
        Process cc;
        try {
            cc = new ProcessBuilder("cc", "-o", program.toString(), source.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException noCompiler) {
            System.out.println("AbiTest skipped: no C compiler (cc) on this machine");
            abort("no C compiler (cc) on this machine");
            return;
        }
        String messages = new String(cc.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(cc.waitFor()).as(messages).isZero();
        Process run = new ProcessBuilder(program.toString()).start();
        try (java.io.BufferedReader lines = run.inputReader()) {
            lines.lines()
                    .map(line -> line.split(" (?=-?\\d+$)"))
                    .forEach(p -> C.put(
                            p[0],
                            Long.parseUnsignedLong(p[1].replaceFirst("^-", "")) * (p[1].startsWith("-") ? -1 : 1)));
        }
    }

    private static void same(String name, long ours) {
        assertThat(C).containsKey(name);
        assertThat(ours).as(name).isEqualTo(C.get(name));
    }

    @Test
    void systemCallNumbers() {
        same("SYS_openat", Arch.HERE.openat);
        same("SYS_getdents64", Arch.HERE.getdents64);
        same("SYS_ioctl", Arch.HERE.ioctl);
        same("SYS_fcntl", Arch.HERE.fcntl);
        same("SYS_openat2", Arch.HERE.openat2);
    }

    @Test
    void flags() {
        same("O_CREAT", Fcntl.O_CREAT);
        same("O_EXCL", Fcntl.O_EXCL);
        same("O_NOCTTY", Fcntl.O_NOCTTY);
        same("O_TRUNC", Fcntl.O_TRUNC);
        same("O_APPEND", Fcntl.O_APPEND);
        same("O_NONBLOCK", Fcntl.O_NONBLOCK);
        same("O_DIRECT", Fcntl.O_DIRECT);
        same("O_DIRECTORY", Fcntl.O_DIRECTORY);
        same("O_NOFOLLOW", Fcntl.O_NOFOLLOW);
        same("O_NOATIME", Fcntl.O_NOATIME);
        same("O_CLOEXEC", Fcntl.O_CLOEXEC);
        same("O_PATH", Fcntl.O_PATH);
        same("AT_FDCWD", Fcntl.AT_FDCWD);
        same("AT_SYMLINK_NOFOLLOW", Fcntl.AT_SYMLINK_NOFOLLOW);
        same("AT_REMOVEDIR", Fcntl.AT_REMOVEDIR);
        same("AT_SYMLINK_FOLLOW", Fcntl.AT_SYMLINK_FOLLOW);
        same("AT_NO_AUTOMOUNT", Fcntl.AT_NO_AUTOMOUNT);
        same("AT_EMPTY_PATH", Fcntl.AT_EMPTY_PATH);
        same("AT_STATX_DONT_SYNC", Fcntl.AT_STATX_DONT_SYNC);
        same("RESOLVE_NO_XDEV", Fcntl.RESOLVE_NO_XDEV);
        same("RESOLVE_NO_MAGICLINKS", Fcntl.RESOLVE_NO_MAGICLINKS);
        same("RESOLVE_NO_SYMLINKS", Fcntl.RESOLVE_NO_SYMLINKS);
        same("RESOLVE_BENEATH", Fcntl.RESOLVE_BENEATH);
        same("RESOLVE_IN_ROOT", Fcntl.RESOLVE_IN_ROOT);
        same("UTIME_OMIT", Metadata.UTIME_OMIT);
        same("UTIME_NOW", Metadata.UTIME_NOW);
        same("FALLOC_FL_KEEP_SIZE", FileIo.FALLOC_FL_KEEP_SIZE);
        same("FALLOC_FL_PUNCH_HOLE", FileIo.FALLOC_FL_PUNCH_HOLE);
        same("POSIX_FADV_SEQUENTIAL", FileIo.FADV_SEQUENTIAL);
        same("POSIX_FADV_WILLNEED", FileIo.FADV_WILLNEED);
        same("POSIX_FADV_DONTNEED", FileIo.FADV_DONTNEED);
        same("POSIX_FADV_NOREUSE", FileIo.FADV_NOREUSE);
        same("SEEK_DATA", 3);
        same("SEEK_HOLE", 4);
        same("RLIMIT_NOFILE", 7);
        same("F_SETPIPE_SZ", 1031);
        same("F_DUPFD_CLOEXEC", 1030);
        same("XATTR_CREATE", 1);
        same("RENAME_NOREPLACE", 1);
        same("ST_RDONLY", 1);
        same("SIGINT", Processes.SIGINT);
        same("SIGKILL", Processes.SIGKILL);
        same("SIGTERM", Processes.SIGTERM);
        same("FS_IMMUTABLE_FL", InodeFlags.FS_IMMUTABLE_FL);
        same("FS_APPEND_FL", InodeFlags.FS_APPEND_FL);
        same("FS_NODUMP_FL", InodeFlags.FS_NODUMP_FL);
        same("FS_NOATIME_FL", InodeFlags.FS_NOATIME_FL);
        same("FS_NOCOW_FL", InodeFlags.FS_NOCOW_FL);
        same("FS_PROJINHERIT_FL", InodeFlags.FS_PROJINHERIT_FL);
    }

    @Test
    void ioctls() {
        same("(unsigned)FS_IOC_GETFLAGS", Arch.HERE.ioctlRead('f', 1, 8));
        same("(unsigned)FS_IOC_SETFLAGS", Arch.HERE.ioctlWrite('f', 2, 8));
        same("(unsigned)FS_IOC_GETVERSION", Arch.HERE.ioctlRead('v', 1, 8));
        same("(unsigned)FS_IOC_FSGETXATTR", Arch.HERE.ioctlRead('X', 31, 28));
        same("(unsigned)FS_IOC_FSSETXATTR", Arch.HERE.ioctlWrite('X', 32, 28));
        same("fsxattr.fsx_projid", 12);
        same("sizeof(struct fsxattr)", 28);
    }

    @Test
    void structures() {
        same("linux_dirent64.d_ino", DirEntries.INO);
        same("linux_dirent64.d_reclen", DirEntries.RECORD_LENGTH);
        same("linux_dirent64.d_type", DirEntries.TYPE);
        same("linux_dirent64.d_name", DirEntries.NAME);
        same("DT_DIR", DirEntries.DT_DIR);
        same("DT_REG", DirEntries.DT_REG);
        same("DT_LNK", DirEntries.DT_LNK);
        same("STATX_BASIC_STATS", StatxBuffer.BASIC_STATS);
        same("STATX_BTIME", StatxBuffer.BTIME);
        same("STATX_MNT_ID", StatxBuffer.MNT_ID);
        same("statx.stx_mask", 0);
        same("statx.stx_attributes", 8);
        same("statx.stx_nlink", 16);
        same("statx.stx_uid", 20);
        same("statx.stx_gid", 24);
        same("statx.stx_mode", 28);
        same("statx.stx_ino", 32);
        same("statx.stx_size", 40);
        same("statx.stx_blocks", 48);
        same("statx.stx_atime", 64);
        same("statx.stx_btime", 80);
        same("statx.stx_ctime", 96);
        same("statx.stx_mtime", 112);
        same("statx_timestamp.tv_nsec", 8);
        same("statx.stx_rdev_major", 128);
        same("statx.stx_rdev_minor", 132);
        same("statx.stx_dev_major", 136);
        same("statx.stx_dev_minor", 140);
        same("statx.stx_mnt_id", 144);
        same("sizeof(struct statx)", 256);
        same("statfs.f_type", 0);
        same("statfs.f_bsize", 8);
        same("statfs.f_blocks", 16);
        same("statfs.f_bavail", 32);
        same("statfs.f_fsid", 56);
        same("statfs.f_flags", 80);
        same("sizeof(struct statfs)", 120);
        same("open_how.flags", 0);
        same("open_how.mode", 8);
        same("open_how.resolve", 16);
        same("sizeof(struct open_how)", 24);
        same("sizeof(struct timespec)", 16);
        same("sizeof(struct rlimit)", 16);
        same("makedev(0x12345, 0x6789abc)", StatxBuffer.device(0x12345, 0x6789abc));
        same("makedev(8, 1)", StatxBuffer.device(8, 1));
    }

    @Test
    void errorNumbers() {
        C.forEach((name, number) -> {
            if (name.startsWith("errno.") && !name.equals("errno.none")) {
                assertThat(Errno.name(number.intValue())).isEqualTo(name.substring("errno.".length()));
            }
        });
        assertThat(C).containsKey("errno.ERFKILL");
    }
}
