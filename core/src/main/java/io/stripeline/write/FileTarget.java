package io.stripeline.write;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fd;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.slab.Slab;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One regular file while it is written. Pieces may be written by several threads; everything else by one at a time.
 */
final class FileTarget implements AutoCloseable {
    private final TargetDirs.Lease parent;
    private final NewName name;
    private final RawPath path;
    private final AtomicLong end = new AtomicLong();
    private @Nullable Fd fd;

    private FileTarget(TargetDirs.Lease parent, NewName name, RawPath path) {
        this.parent = parent;
        this.name = name;
        this.path = path;
    }

    /** Opens it under its temporary name; null where the rules leave what is there. */
    static @Nullable FileTarget open(TargetDirs dirs, Entry entry, RawPath path, RestorePlan.Overwrite overwrite) {
        TargetDirs.Lease parent = dirs.lease(entry.dir());
        FileTarget file = new FileTarget(parent, dirs.newName(parent, entry, overwrite), path);
        try {
            if (file.name.staysAsItIs(entry.inode().mtime())) {
                file.close();
                return null;
            }
            Fd made = file.name.makeFile();
            file.fd = made;
            Setter.beforeContent(made.number(), entry.attributes());
            return file;
        } catch (RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    private Fd fd() {
        if (fd == null) {
            throw new IllegalStateException("The file is closed: " + path);
        }
        return fd;
    }

    /** Writes the slab's bytes at {@code offset}; the slab stays the caller's. Returns the number of bytes. */
    int write(Slab slab, long offset) {
        int from = slab.buffer().position();
        int length = slab.buffer().remaining();
        for (int done = 0; done < length; ) {
            int n = FileIo.pwrite(fd().number(), slab.address() + from + done, length - done, offset + done);
            if (n == 0) {
                throw new PosixException("write", Errno.EIO, path.toString());
            }
            done += n;
        }
        end.accumulateAndGet(offset + length, Math::max);
        return length;
    }

    /**
     * Sets length and attributes and gives the file its name; false where a name that came meanwhile stays. It is closed
     * before it gets the name: some filesystems tell only then that the data did not arrive.
     */
    boolean finish(Setter setter, Inode inode, Attributes attributes) {
        Fd open = fd();
        if (end.get() < inode.sizeBytes()) {
            FileIo.truncate(open.number(), inode.sizeBytes()); // ends in a hole
        }
        setter.open(open.number(), path, inode, attributes, parent.inheritsAcl());
        if ((attributes.flags() & InodeProtection.FLAGS) == 0) {
            open.close();
            return name.commit();
        }
        boolean named = name.commit(); // an immutable file cannot be renamed
        if (named) {
            setter.protect(open.number(), path, attributes);
        }
        return named;
    }

    /** The inode it has, to link further names to. */
    InodeKey key() {
        StatxBuffer stat = Setter.stat();
        Posix.statx(fd().number(), StatxBuffer.BASIC_STATS, stat);
        return InodeKey.of(stat);
    }

    /** Closes it; removes the temporary unless it got its name. */
    @Override
    public void close() {
        try {
            if (fd != null) {
                fd.close();
            }
        } finally {
            try {
                name.close();
            } finally {
                parent.close();
            }
        }
    }
}
