package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

import java.nio.charset.StandardCharsets;

/** Sets owners, modes and times. No call follows a symlink at the last component. */
public final class Metadata {
    /** As nanoseconds: leave this time as it is (utimensat(2)). */
    public static final int UTIME_OMIT = (1 << 30) - 2;
    /** As nanoseconds: the current time. */
    public static final int UTIME_NOW = (1 << 30) - 1;

    private Metadata() {}

    public static void chown(int dirfd, byte[] name, int uid, int gid) {
        long at = Scratch.get().path("chown", name);
        Native.call("chown", name, () -> LIBC.fchownat(dirfd, at, uid, gid, Fcntl.AT_SYMLINK_NOFOLLOW));
    }

    public static void chown(int fd, int uid, int gid) {
        Native.call("chown", fd, () -> LIBC.fchown(fd, uid, gid));
    }

    /** Of what an O_PATH | O_NOFOLLOW descriptor is of, a symlink too. */
    public static void chownByPath(int pathFd, int uid, int gid) {
        long at = Scratch.get().path("chown", new byte[0]);
        Native.call("chown", pathFd, () -> LIBC.fchownat(pathFd, at, uid, gid, Fcntl.AT_EMPTY_PATH));
    }

    /** fchmod(2). Owner first, then mode: a change of owner clears set-user-ID. */
    public static void chmod(int fd, int permissions) {
        Native.call("chmod", fd, () -> LIBC.fchmod(fd, permissions));
    }

    /**
     * chmod(2) of what an O_PATH | O_NOFOLLOW descriptor is of, through /proc/self/fd: for fifos, sockets and devices,
     * which must not be opened. A symlink has no mode of its own: EOPNOTSUPP.
     */
    public static void chmodByPath(int pathFd, int permissions) {
        byte[] path = procPath(pathFd);
        long at = Scratch.get().path("chmod", path);
        Native.call("chmod", path, () -> LIBC.chmod(at, permissions));
    }

    /** {@code /proc/self/fd/N}: a path for calls that know no directory descriptor, such as those of {@link Xattrs}. */
    public static byte[] procPath(int fd) {
        return ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII);
    }

    /** {@code /proc/self/fd/N/name}: a path of any depth to a name in an open directory, for calls that take a path. */
    public static byte[] procPath(int dirfd, byte[] name) {
        byte[] dir = ("/proc/self/fd/" + dirfd + "/").getBytes(StandardCharsets.US_ASCII);
        byte[] out = java.util.Arrays.copyOf(dir, dir.length + name.length);
        System.arraycopy(name, 0, out, dir.length, name.length);
        return out;
    }

    /** Access and modification time of a name, to the nanosecond; nanoseconds may be UTIME_OMIT or UTIME_NOW. */
    public static void utimens(
            int dirfd, byte[] name, long atimeSeconds, int atimeNanos, long mtimeSeconds, int mtimeNanos) {
        Scratch scratch = Scratch.get();
        long at = scratch.path("utimens", name);
        long times = times(scratch, atimeSeconds, atimeNanos, mtimeSeconds, mtimeNanos);
        Native.call("utimens", name, () -> LIBC.utimensat(dirfd, at, times, Fcntl.AT_SYMLINK_NOFOLLOW));
    }

    /** The same for an open file. */
    public static void utimens(int fd, long atimeSeconds, int atimeNanos, long mtimeSeconds, int mtimeNanos) {
        long times = times(Scratch.get(), atimeSeconds, atimeNanos, mtimeSeconds, mtimeNanos);
        Native.call("utimens", fd, () -> LIBC.futimens(fd, times));
    }

    /** The same of what an O_PATH | O_NOFOLLOW descriptor is of, a symlink too, through /proc/self/fd. */
    public static void utimensByPath(int pathFd, long atimeSeconds, int atimeNanos, long mtimeSeconds, int mtimeNanos) {
        Scratch scratch = Scratch.get();
        byte[] path = procPath(pathFd);
        long at = scratch.path("utimens", path);
        long times = times(scratch, atimeSeconds, atimeNanos, mtimeSeconds, mtimeNanos);
        Native.call("utimens", path, () -> LIBC.utimensat(Fcntl.AT_FDCWD, at, times, 0));
    }

    private static long times(Scratch scratch, long aSeconds, int aNanos, long mSeconds, int mNanos) {
        int at = scratch.structAt();
        scratch.memory()
                .putLong(at, aSeconds)
                .putLong(at + 8, aNanos)
                .putLong(at + 16, mSeconds)
                .putLong(at + 24, mNanos);
        return scratch.structAddress();
    }
}
