package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

/** Content of open files: bytes at addresses, holes, space. */
public final class FileIo {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    /** Allocate without changing the size. */
    public static final int FALLOC_FL_KEEP_SIZE = 1;
    /** Make a hole; together with KEEP_SIZE. */
    public static final int FALLOC_FL_PUNCH_HOLE = 2;

    public static final int FADV_SEQUENTIAL = 2;
    public static final int FADV_WILLNEED = 3;
    public static final int FADV_DONTNEED = 4;
    public static final int FADV_NOREUSE = 5;

    private FileIo() {}

    /** pread(2): bytes read, fewer than asked for at the end or on a signal, 0 at the end. */
    public static int pread(int fd, long address, int length, long offset) {
        return (int) Native.call("read", fd, () -> LIBC.pread(fd, address, length, offset));
    }

    /** pwrite(2): bytes written, which may be fewer. */
    public static int pwrite(int fd, long address, int length, long offset) {
        return (int) Native.call("write", fd, () -> LIBC.pwrite(fd, address, length, offset));
    }

    /** read(2) at the position of the descriptor, for pipes. */
    public static int read(int fd, long address, int length) {
        return (int) Native.call("read", fd, () -> LIBC.read(fd, address, length));
    }

    /** write(2) at the position of the descriptor, for pipes. */
    public static int write(int fd, long address, int length) {
        return (int) Native.call("write", fd, () -> LIBC.write(fd, address, length));
    }

    /**
     * SEEK_DATA of lseek(2): where data starts at or after {@code offset}; -1 where there is none up to the end. Moves
     * the position of the descriptor. Throws EINVAL where the filesystem knows no holes.
     */
    public static long nextData(int fd, long offset) {
        long at = Native.attempt(() -> LIBC.lseek(fd, offset, SEEK_DATA));
        if (at < 0 && at != -Errno.ENXIO) {
            throw Native.failure("lseek(SEEK_DATA)", (int) -at, fd);
        }
        return at < 0 ? -1 : at;
    }

    /** SEEK_HOLE of lseek(2): where a hole starts at or after {@code offset}, at the latest at the end of the file. */
    public static long nextHole(int fd, long offset) {
        return Native.call("lseek(SEEK_HOLE)", fd, () -> LIBC.lseek(fd, offset, SEEK_HOLE));
    }

    /** fallocate(2) with FALLOC_FL_*. */
    public static void allocate(int fd, int mode, long offset, long length) {
        Native.call("fallocate", fd, () -> LIBC.fallocate(fd, mode, offset, length));
    }

    public static void truncate(int fd, long length) {
        Native.call("ftruncate", fd, () -> LIBC.ftruncate(fd, length));
    }

    /** fsync(2) of a file or directory. After an error the data must be written again: the next call may succeed. */
    public static void sync(int fd) {
        Native.call("fsync", fd, () -> LIBC.fsync(fd));
    }

    public static void syncData(int fd) {
        Native.call("fdatasync", fd, () -> LIBC.fdatasync(fd));
    }

    /** posix_fadvise(2): a hint, so its result does not matter. */
    public static void advise(int fd, long offset, long length, int advice) {
        LIBC.posix_fadvise(fd, offset, length, advice);
    }
}
