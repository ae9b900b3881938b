package io.stripeline.testkit;

import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Extent;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.FileIo;
import io.stripeline.posix.InodeFlags;
import io.stripeline.posix.Metadata;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.posix.Xattrs;
import io.stripeline.testkit.TreeFacts.Fact;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks at a tree on a disk, with plain system calls and nothing of what is tested. */
public final class DiskFacts {
    /** Flags that a user can set: secure deletion to noatime, but not what the filesystem keeps for itself. */
    private static final int SETTABLE = 0xFB;

    private final SortedMap<RawPath, Fact> facts = new TreeMap<>();
    private final Map<InodeId, Set<RawPath>> names = new HashMap<>();
    private final StatxBuffer stat = new StatxBuffer();
    private final ByteBuffer buffer = NativeMemory.allocate(256 << 10);
    private final byte[] piece = new byte[buffer.capacity()];

    private DiskFacts() {}

    /** All that is at and below {@code root}. */
    public static TreeFacts of(Path root) {
        DiskFacts disk = new DiskFacts();
        int fd = Posix.openat(
                Fcntl.AT_FDCWD,
                root.toString().getBytes(StandardCharsets.UTF_8),
                Fcntl.O_RDONLY | Fcntl.O_DIRECTORY,
                0);
        try {
            disk.look(fd, new byte[] {'.'}, RawPath.ROOT);
        } finally {
            Posix.close(fd);
        }
        return TreeFacts.of(disk.facts, disk.names);
    }

    private void look(int dirfd, byte[] name, RawPath path) {
        Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, stat);
        FileType type = FileType.of(stat.mode());
        if (type != FileType.DIRECTORY && stat.nlink() > 1) {
            names.computeIfAbsent(new InodeId(stat.dev(), 0, stat.ino()), id -> new TreeSet<>())
                    .add(path);
        }
        int mode = stat.mode() & 07777;
        int uid = stat.uid();
        int gid = stat.gid();
        long size = stat.sizeBytes();
        long allocated = stat.blocks512() * 512;
        Timestamp mtime = new Timestamp(stat.mtimeSeconds(), stat.mtimeNanos());
        boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
        long rdev = device ? stat.rdev() : 0;
        byte[] target = type == FileType.SYMLINK ? Posix.readlinkat(dirfd, name) : new byte[0];
        Set<Xattr> xattrs = xattrs(Metadata.procPath(dirfd, name));
        int flags = 0;
        int project = 0;
        String digest = "";
        List<Extent> data = new ArrayList<>();
        if (type == FileType.REGULAR || type == FileType.DIRECTORY) {
            int fd = Posix.openat(dirfd, name, Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK, 0);
            try {
                flags = flags(fd);
                project = project(fd);
                if (type == FileType.REGULAR) {
                    digest = digest(fd, size, data);
                } else {
                    for (byte[] child : DiskListing.names(fd)) {
                        look(fd, child, path.child(child));
                    }
                }
            } finally {
                Posix.close(fd);
            }
        }
        facts.put(
                path,
                new Fact(
                        type,
                        mode,
                        uid,
                        gid,
                        size,
                        allocated,
                        mtime,
                        rdev,
                        target,
                        xattrs,
                        flags,
                        project,
                        digest,
                        List.copyOf(data),
                        Set.of()));
    }

    private static Set<Xattr> xattrs(byte[] path) {
        Set<Xattr> out = new HashSet<>();
        try {
            for (byte[] name : Xattrs.list(path)) {
                byte[] value = Xattrs.get(path, name);
                if (value != null) {
                    out.add(new Xattr(name, value));
                }
            }
        } catch (PosixException none) {
            if (none.errno() != Errno.EOPNOTSUPP) {
                throw none;
            }
        }
        return out;
    }

    /** The flags that a user can set; 0 where the filesystem has none. */
    static int flags(int fd) {
        try {
            return InodeFlags.get(fd) & SETTABLE;
        } catch (PosixException none) {
            return unsupported(none);
        }
    }

    private static int project(int fd) {
        try {
            return InodeFlags.projectId(fd);
        } catch (PosixException none) {
            return unsupported(none);
        }
    }

    private static int unsupported(PosixException failure) {
        if (failure.kind() != Errno.Kind.UNSUPPORTED) {
            throw failure;
        }
        return 0;
    }

    private String digest(int fd, long size, List<Extent> found) {
        ContentDigest digest = new ContentDigest();
        for (long data = FileIo.nextData(fd, 0); data >= 0 && data < size; ) {
            long hole = FileIo.nextHole(fd, data);
            found.add(new Extent(data, hole - data, false));
            for (long at = data; at < hole; ) {
                int n = FileIo.pread(
                        fd, NativeMemory.address(buffer), (int) Math.min(buffer.capacity(), hole - at), at);
                if (n == 0) {
                    return digest.finish(at);
                }
                buffer.get(0, piece, 0, n);
                digest.add(at, piece, n);
                at += n;
            }
            data = FileIo.nextData(fd, hole);
        }
        return digest.finish(size);
    }
}
