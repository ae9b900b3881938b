package io.stripeline.fs.posix;

import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one file around the page cache (O_DIRECT of open(2)): a second descriptor of the same open inode, used where
 * memory, offset and length are aligned; for the rest, which is the end of the file as a rule, and for filesystems that
 * refuse, the plain one. Thread-safe.
 */
final class DirectReads implements AutoCloseable {
    /** The strictest alignment in use: a page. */
    private static final long ALIGNMENT = 4096;

    private final Fd fd;

    private DirectReads(Fd fd) {
        this.fd = fd;
    }

    /** Null where the filesystem has no such reads, or /proc is not mounted. */
    static @Nullable DirectReads of(Fd file) {
        try {
            return new DirectReads(
                    Fd.openat(Fcntl.AT_FDCWD, Metadata.procPath(file.number()), Fcntl.O_RDONLY | Fcntl.O_DIRECT, 0));
        } catch (PosixException none) {
            return null; // a choice of the operator that this file cannot follow; what is read is the same
        }
    }

    int read(int plain, long address, int length, long offset) {
        if (((address | length | offset) & (ALIGNMENT - 1)) == 0) {
            try {
                return FileIo.pread(fd.number(), address, length, offset);
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EINVAL) {
                    throw failed;
                }
            }
        }
        return FileIo.pread(plain, address, length, offset);
    }

    @Override
    public void close() {
        fd.close();
    }
}
