package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes (xattr(7)), of an open file or of a path whose last component is not followed. Names carry their
 * namespace ({@code user.x}). Values and lists have at most 64 KiB, the kernel's limit.
 *
 * <p>Symlinks, fifos, devices and paths beyond PATH_MAX go through {@link Metadata#procPath(int, byte[])}.
 */
public final class Xattrs {
    private static final int XATTR_CREATE = 1;

    private Xattrs() {}

    /** Names, in the order of the filesystem. Throws EOPNOTSUPP where it has none. */
    public static List<byte[]> list(int fd) {
        Scratch.Value list = Scratch.value();
        return split(list, Native.call("listxattr", fd, () -> LIBC.flistxattr(fd, list.address, Scratch.VALUE_BYTES)));
    }

    public static List<byte[]> list(byte[] path) {
        long at = Scratch.get().path("listxattr", path);
        Scratch.Value list = Scratch.value();
        return split(
                list, Native.call("listxattr", path, () -> LIBC.llistxattr(at, list.address, Scratch.VALUE_BYTES)));
    }

    private static List<byte[]> split(Scratch.Value list, long length) {
        if (length == 0) {
            return List.of();
        }
        List<byte[]> names = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (list.memory.get(i) == 0) {
                byte[] name = new byte[i - from];
                list.memory.get(from, name);
                names.add(name);
                from = i + 1;
            }
        }
        return names;
    }

    /** A value; null where there is no such attribute (any more). */
    public static byte @Nullable [] get(int fd, byte[] name) {
        long at = Scratch.get().path("getxattr", name);
        Scratch.Value value = Scratch.value();
        long length = Native.attempt(() -> LIBC.fgetxattr(fd, at, value.address, Scratch.VALUE_BYTES));
        if (length < 0 && length != -Errno.ENODATA) {
            throw Native.failure("getxattr", (int) -length, fd);
        }
        return length < 0 ? null : value.bytes(length);
    }

    public static byte @Nullable [] get(byte[] path, byte[] name) {
        Scratch scratch = Scratch.get();
        long file = scratch.path("getxattr", path);
        long at = scratch.secondPath("getxattr", name);
        Scratch.Value value = Scratch.value();
        long length = Native.attempt(() -> LIBC.lgetxattr(file, at, value.address, Scratch.VALUE_BYTES));
        if (length < 0 && length != -Errno.ENODATA) {
            throw Native.failure("getxattr", (int) -length, path);
        }
        return length < 0 ? null : value.bytes(length);
    }

    /** Sets or replaces a value; E2BIG beyond 64 KiB, ENOSPC or EDQUOT where the filesystem takes less. */
    public static void set(int fd, byte[] name, byte[] value) {
        setOpen(fd, name, value, 0);
    }

    /** Sets a value that must not exist yet: some layouts are taken at creation only. */
    public static void create(int fd, byte[] name, byte[] value) {
        setOpen(fd, name, value, XATTR_CREATE);
    }

    private static void setOpen(int fd, byte[] name, byte[] value, int flags) {
        long at = Scratch.get().path("setxattr", name);
        if (value.length > Scratch.VALUE_BYTES) {
            throw Native.failure("setxattr", Errno.E2BIG, fd);
        }
        long from = Scratch.value().put(value);
        Native.call("setxattr", fd, () -> LIBC.fsetxattr(fd, at, from, value.length, flags));
    }

    public static void set(byte[] path, byte[] name, byte[] value) {
        Scratch scratch = Scratch.get();
        long file = scratch.path("setxattr", path);
        long at = scratch.secondPath("setxattr", name);
        if (value.length > Scratch.VALUE_BYTES) {
            throw Native.failure("setxattr", Errno.E2BIG, path);
        }
        long from = Scratch.value().put(value);
        Native.call("setxattr", path, () -> LIBC.lsetxattr(file, at, from, value.length, 0));
    }

    public static void remove(int fd, byte[] name) {
        long at = Scratch.get().path("removexattr", name);
        Native.call("removexattr", fd, () -> LIBC.fremovexattr(fd, at));
    }

    public static void remove(byte[] path, byte[] name) {
        Scratch scratch = Scratch.get();
        long file = scratch.path("removexattr", path);
        long at = scratch.secondPath("removexattr", name);
        Native.call("removexattr", path, () -> LIBC.lremovexattr(file, at));
    }

    /**
     * {@link #get(int, byte[])} of what an O_PATH | O_NOFOLLOW descriptor is of, a symlink too: the last component of
     * {@code /proc/self/fd/N} leads to the inode itself, and no further.
     */
    public static byte @Nullable [] getByPath(int pathFd, byte[] name) {
        Scratch scratch = Scratch.get();
        byte[] path = Metadata.procPath(pathFd);
        long file = scratch.path("getxattr", path);
        long at = scratch.secondPath("getxattr", name);
        Scratch.Value value = Scratch.value();
        long length = Native.attempt(() -> LIBC.getxattr(file, at, value.address, Scratch.VALUE_BYTES));
        if (length < 0 && length != -Errno.ENODATA) {
            throw Native.failure("getxattr", (int) -length, path);
        }
        return length < 0 ? null : value.bytes(length);
    }

    /** {@link #set(int, byte[], byte[])} of what an O_PATH | O_NOFOLLOW descriptor is of. */
    public static void setByPath(int pathFd, byte[] name, byte[] value) {
        Scratch scratch = Scratch.get();
        byte[] path = Metadata.procPath(pathFd);
        long file = scratch.path("setxattr", path);
        long at = scratch.secondPath("setxattr", name);
        if (value.length > Scratch.VALUE_BYTES) {
            throw Native.failure("setxattr", Errno.E2BIG, path);
        }
        long from = Scratch.value().put(value);
        Native.call("setxattr", path, () -> LIBC.setxattr(file, at, from, value.length, 0));
    }

    /** {@link #remove(int, byte[])} of what an O_PATH | O_NOFOLLOW descriptor is of. */
    public static void removeByPath(int pathFd, byte[] name) {
        Scratch scratch = Scratch.get();
        byte[] path = Metadata.procPath(pathFd);
        long file = scratch.path("removexattr", path);
        long at = scratch.secondPath("removexattr", name);
        Native.call("removexattr", path, () -> LIBC.removexattr(file, at));
    }
}
