package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

import java.nio.ByteBuffer;

/**
 * Opens, lists and stats: the calls every walk and every reader makes.
 *
 * <p>Descriptors returned are the caller's, always with O_CLOEXEC.
 */
public final class Posix {
    private static final byte[] NO_NAME = new byte[0];
    private static final ByteBuffer EMPTY = NativeMemory.allocate(1);
    /** Address of an empty path, for calls with AT_EMPTY_PATH. */
    private static final long EMPTY_PATH = NativeMemory.address(EMPTY);

    private Posix() {}

    /**
     * Binds the C library now.
     *
     * @throws IllegalStateException where that is not possible, with the reason
     */
    public static void load() {
        LIBC.geteuid();
    }

    /** openat(2). {@code mode} matters with O_CREAT only. */
    public static int openat(int dirfd, byte[] path, int flags, int mode) {
        int fd = tryOpenat(dirfd, Scratch.get().path("open", path), flags, mode);
        if (fd < 0) {
            throw Native.failure("open", -fd, path);
        }
        return fd;
    }

    /** openat(2) on the address of a NUL-terminated name; {@code -errno} where it fails. */
    public static int tryOpenat(int dirfd, long pathAddress, int flags, int mode) {
        assert Native.mayBlock();
        long fd;
        do {
            fd = LIBC.syscall(Arch.HERE.openat, dirfd, pathAddress, flags | Fcntl.O_CLOEXEC, mode);
        } while (Native.wasInterrupted(fd));
        return (int) Native.orErrno(fd);
    }

    /**
     * openat2(2). Throws ENOSYS before Linux 5.6, EPERM or ENOSYS under some seccomp filters, EXDEV where the path
     * leaves the tree, ELOOP at a symlink.
     *
     * @param resolve RESOLVE_* of {@link Fcntl}
     */
    public static int openat2(int dirfd, byte[] path, int flags, int mode, int resolve) {
        Scratch scratch = Scratch.get();
        long name = scratch.path("open", path);
        int how = scratch.structAt();
        scratch.memory()
                .putLong(how, flags | Fcntl.O_CLOEXEC)
                .putLong(how + 8, mode)
                .putLong(how + 16, resolve);
        return (int) Native.call(
                "open", path, () -> LIBC.syscall(Arch.HERE.openat2, dirfd, name, scratch.structAddress(), 24));
    }

    /** close(2). The descriptor is gone whatever the result; a late error of a write comes as an exception. */
    public static void close(int fd) {
        if (LIBC.close(fd) < 0 && Native.errno() != Errno.EINTR) {
            throw Native.failure("close", Native.errno(), fd);
        }
    }

    /**
     * getdents64(2): the next entries of a directory into memory, as records of {@link DirEntries}.
     *
     * @return bytes stored, 0 at the end, {@code -errno} where it fails
     */
    public static int tryGetdents(int fd, long address, int capacity) {
        assert Native.mayBlock();
        long n;
        do {
            n = LIBC.syscall(Arch.HERE.getdents64, fd, address, capacity, 0);
        } while (Native.wasInterrupted(n));
        return (int) Native.orErrno(n);
    }

    /**
     * statx(2) of a NUL-terminated name; never follows a symlink, never mounts.
     *
     * @param flags added to those; for example {@link Fcntl#AT_STATX_DONT_SYNC}
     * @param mask STATX_* of {@link StatxBuffer}
     * @return 0, or {@code -errno}
     */
    public static int tryStatx(int dirfd, long nameAddress, int flags, int mask, StatxBuffer into) {
        assert Native.mayBlock();
        int result;
        do {
            result = LIBC.statx(
                    dirfd,
                    nameAddress,
                    flags | Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_NO_AUTOMOUNT,
                    mask,
                    into.address());
        } while (result < 0 && Native.wasInterrupted(result));
        if (result != 0) {
            return -Native.errno();
        }
        into.load();
        return 0;
    }

    /** statx(2) of a name; never follows a symlink, never mounts. */
    public static void statx(int dirfd, byte[] path, int mask, StatxBuffer into) {
        int result = tryStatx(dirfd, Scratch.get().path("stat", path), 0, mask, into);
        if (result < 0) {
            throw Native.failure("stat", -result, path);
        }
    }

    /** statx(2) of what a descriptor is open on. */
    public static void statx(int fd, int mask, StatxBuffer into) {
        int result = tryStatx(fd, EMPTY_PATH, Fcntl.AT_EMPTY_PATH, mask, into);
        if (result < 0) {
            throw Native.failure("stat", -result, fd);
        }
    }

    /** readlinkat(2): the target's bytes, whole. With an empty path, of the symlink that an O_PATH descriptor is of. */
    public static byte[] readlinkat(int dirfd, byte[] path) {
        long name = Scratch.get().path("readlink", path);
        Scratch.Value target = Scratch.value();
        long length =
                Native.call("readlink", path, () -> LIBC.readlinkat(dirfd, name, target.address, Scratch.VALUE_BYTES));
        return target.bytes(length);
    }

    /** readlinkat(2) of the symlink that an O_PATH | O_NOFOLLOW descriptor is of. */
    public static byte[] readlink(int pathFd) {
        return readlinkat(pathFd, NO_NAME);
    }

    /** F_SETPIPE_SZ of fcntl(2): the size that the kernel gave, at least the one asked for. */
    public static int setPipeSize(int fd, int bytes) {
        return (int) Native.call("fcntl(F_SETPIPE_SZ)", fd, () -> LIBC.syscall(Arch.HERE.fcntl, fd, 1031, bytes, 0));
    }

    /** F_DUPFD_CLOEXEC of fcntl(2): another descriptor of the same open file. */
    public static int duplicate(int fd) {
        return (int) Native.call("fcntl(F_DUPFD)", fd, () -> LIBC.syscall(Arch.HERE.fcntl, fd, 1030, 0, 0));
    }
}
