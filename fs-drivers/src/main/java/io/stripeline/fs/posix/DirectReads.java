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
            return new DirectReads(open(file));
        } catch (PosixException none) {
            return null; // a choice of the operator that this file cannot follow; what is read is the same
        }
    }

    /** Without setting the access time where the file is ours or we are privileged, as the first descriptor. */
    private static Fd open(Fd file) {
        byte[] path = Metadata.procPath(file.number());
        int flags = Fcntl.O_RDONLY | Fcntl.O_DIRECT;
        try {
            return Fd.openat(Fcntl.AT_FDCWD, path, flags | Fcntl.O_NOATIME, 0);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EPERM) {
                throw failed;
            }
            return Fd.openat(Fcntl.AT_FDCWD, path, flags, 0);
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
