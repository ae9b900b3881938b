package io.stripeline.fs.posix;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Inode;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fd;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.PosixException;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;
import org.jspecify.annotations.Nullable;

/** An open regular file of a mounted filesystem. */
final class PosixFile implements ContentSource.OpenFile {
    private static final int BLOCK_BYTES = 512;

    private final Fd fd;
    private final InodeExtras extras;
    private final Inode opened;
    private final @Nullable DirectReads direct;
    private boolean looked;
    private boolean sparse;

    /** @param opened its inode as of now */
    PosixFile(Fd fd, InodeExtras extras, Inode opened, @Nullable DirectReads direct) {
        this.fd = fd;
        this.extras = extras;
        this.opened = opened;
        this.direct = direct;
        this.sparse = opened.blocks512() * BLOCK_BYTES < opened.sizeBytes();
    }

    /** The first look is the one that open had to take to see what it got. */
    @Override
    public Inode inode() {
        if (looked) {
            return StatInode.of(fd.number());
        }
        looked = true;
        return opened;
    }

    @Override
    public Attributes attributes(XattrRoom room) {
        return extras.ofOpen(new InodeCalls.Open(fd.number()), opened.id().device(), room);
    }

    @Override
    public int read(long address, int length, long offset) {
        return direct == null
                ? FileIo.pread(fd.number(), address, length, offset)
                : direct.read(fd.number(), address, length, offset);
    }

    @Override
    public Extent extent(long offset, long end) {
        if (sparse) {
            try {
                return seek(offset, end);
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EINVAL && failed.kind() != Errno.Kind.UNSUPPORTED) {
                    throw failed;
                }
                sparse = false;
            }
        }
        return new Extent(offset, end - offset, false);
    }

    private Extent seek(long offset, long end) {
        long data = FileIo.nextData(fd.number(), offset);
        if (data != offset) {
            long to = data < 0 ? end : Math.min(data, end);
            return new Extent(offset, to - offset, true);
        }
        long hole;
        try {
            hole = FileIo.nextHole(fd.number(), offset);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.ENXIO) {
                throw failed;
            }
            hole = end; // cut off between the two calls: the read finds it out
        }
        return new Extent(offset, (hole > offset ? Math.min(hole, end) : end) - offset, false);
    }

    @Override
    public void close() {
        try (fd) {
            if (direct != null) {
                direct.close();
            }
        }
    }
}
