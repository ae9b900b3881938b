package io.stripeline.fs.posix;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.Processes;
import io.stripeline.read.ContentSource;
import io.stripeline.read.XattrRoom;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Content of a tree of any mounted filesystem, by system calls below one open directory.
 *
 * <p>No call follows a symlink, in no component; none waits for a fifo's other end; access times stay as they are where
 * the file is ours or we are privileged (O_NOATIME). Pages of large files are read without pushing others out of the
 * page cache (POSIX_FADV_NOREUSE of Linux 6.3); pages are never dropped, since whoever wrote the file may need them.
 *
 * <p>Where /proc is not mounted, symlinks, fifos, sockets and devices come without their extended attributes: there is
 * no other way to them that does not open them.
 *
 * <p>Holds descriptors of directories until it is closed. Thread-safe.
 */
public final class PosixContent implements ContentSource, AutoCloseable {
    /** Files from this size on get read-ahead by advice: below, the kernel has read them before it could use it. */
    private static final long LARGE_BYTES = 1 << 20;

    private static final byte[] SELF = {'.'};
    private static final int OPEN_ANY = Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY;

    private final DirCache dirs;
    private final long directFromBytes;
    private final InodeExtras extras;
    private final boolean proc = Files.isDirectory(Path.of("/proc/self/fd"));
    private final int user = Processes.effectiveUid();

    /** A file of somebody else could not be opened with O_NOATIME: only own ones are asked for it from then on. */
    private volatile boolean onlyOwn;

    private PosixContent(DirCache dirs, long directFromBytes, InodeExtras extras) {
        this.dirs = dirs;
        this.directFromBytes = directFromBytes;
        this.extras = extras;
    }

    /** Content below {@code root}, which stays the caller's and must outlive this. */
    public static PosixContent of(Fd root) {
        return of(root, new InodeExtras());
    }

    /** The same with what is known of the filesystems in it. */
    static PosixContent of(Fd root, InodeExtras extras) {
        return new PosixContent(new DirCache(root, true), Long.MAX_VALUE, extras);
    }

    /**
     * The same with files of at least {@code bytes} read around the page cache: for storage that is faster than memory
     * can be copied, or nodes whose memory belongs to jobs.
     */
    public static PosixContent direct(Fd root, long bytes) {
        return direct(root, bytes, new InodeExtras());
    }

    static PosixContent direct(Fd root, long bytes, InodeExtras extras) {
        return new PosixContent(new DirCache(root, true), bytes, extras);
    }

    /** As on a kernel without openat2(2). */
    static PosixContent withoutOpenat2(Fd root) {
        return new PosixContent(new DirCache(root, false), Long.MAX_VALUE, new InodeExtras());
    }

    @Override
    public OpenFile open(Entry entry) {
        try (DirCache.Lease parent = dirs.lease(entry.dir())) {
            Fd fd = openIn(parent.fd(), entry, OPEN_ANY);
            boolean kept = false;
            try {
                OpenFile file = file(fd, entry);
                kept = true;
                return file;
            } finally {
                if (!kept) {
                    fd.close();
                }
            }
        }
    }

    private OpenFile file(Fd fd, Entry entry) {
        Inode inode = StatInode.of(fd.number());
        if (!inode.isRegular()) {
            throw stale("open", entry);
        }
        if (inode.sizeBytes() >= LARGE_BYTES) {
            FileIo.advise(fd.number(), 0, 0, FileIo.FADV_SEQUENTIAL);
            FileIo.advise(fd.number(), 0, 0, FileIo.FADV_NOREUSE);
        }
        return new PosixFile(fd, extras, inode, inode.sizeBytes() >= directFromBytes ? DirectReads.of(fd) : null);
    }

    @Override
    public Attributes attributes(Entry entry, XattrRoom room) {
        try (DirCache.Lease parent = dirs.lease(entry.dir())) {
            FileType type = entry.inode().type();
            return switch (type) {
                case DIRECTORY -> ofDirectory(parent.fd(), entry, room);
                case SYMLINK -> byPath(parent.fd(), entry, room).in(target(parent.fd(), entry), 0, 0);
                default -> byPath(parent.fd(), entry, room).in(new byte[0], 0, 0);
            };
        }
    }

    private Attributes ofDirectory(int parent, Entry entry, XattrRoom room) {
        long device = entry.inode().id().device();
        if (extras.needsOpen(device)) {
            try (Fd fd = openIn(parent, entry, OPEN_ANY | Fcntl.O_DIRECTORY)) {
                return extras.ofOpen(new InodeCalls.Open(fd.number()), device, room);
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EACCES) {
                    throw failed;
                }
            }
        }
        // flags and project id need read permission for the directory, attributes only for the way to it
        return byPath(parent, entry, room).in(new byte[0], 0, 0);
    }

    private byte[] target(int parent, Entry entry) {
        try {
            return Posix.readlinkat(parent, name(entry));
        } catch (PosixException failed) {
            throw failed.errno() == Errno.EINVAL ? stale("readlink", entry) : failed;
        }
    }

    private XattrSet byPath(int parent, Entry entry, XattrRoom room) {
        return proc
                ? extras.ofPath(
                        Metadata.procPath(parent, name(entry)),
                        entry.inode().type(),
                        entry.inode().id().device(),
                        room)
                : XattrSet.NONE;
    }

    private Fd openIn(int parent, Entry entry, int flags) {
        boolean own = entry.inode().uid() == user;
        try {
            if (!onlyOwn || own) {
                try {
                    return Fd.openat(parent, name(entry), flags | Fcntl.O_NOATIME, 0);
                } catch (PosixException failed) {
                    if (failed.errno() != Errno.EPERM) {
                        throw failed;
                    }
                    onlyOwn |= !own;
                }
            }
            return Fd.openat(parent, name(entry), flags, 0);
        } catch (PosixException failed) {
            // ENXIO: a socket, or a device without a driver, stands there now
            boolean replaced = DirCache.replaced(failed) || failed.errno() == Errno.ENXIO;
            throw replaced ? stale("open", entry) : failed;
        }
    }

    private static byte[] name(Entry entry) {
        if (entry.name().length == 0 && entry.dir().parent() == null) {
            return SELF;
        }
        DirCache.checkName(entry.name());
        return entry.name();
    }

    private static PosixException stale(String operation, Entry entry) {
        return new PosixException(operation, Errno.ESTALE, entry.toString());
    }

    /** Closes the descriptors of directories; open files stay open until they are closed. */
    @Override
    public void close() {
        dirs.close();
    }
}
