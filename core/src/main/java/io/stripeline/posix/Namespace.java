package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

/** Makes, links, renames and removes names, relative to open directories. */
public final class Namespace {
    private static final int RENAME_NOREPLACE = 1;

    private Namespace() {}

    public static void mkdirat(int dirfd, byte[] name, int mode) {
        long at = Scratch.get().path("mkdir", name);
        Native.call("mkdir", name, () -> LIBC.mkdirat(dirfd, at, mode));
    }

    /**
     * mknodat(2): fifos, sockets, devices, files.
     *
     * @param mode kind and permissions, less the umask
     * @param device as {@link StatxBuffer#rdev()}, 0 for other kinds
     */
    public static void mknodat(int dirfd, byte[] name, int mode, long device) {
        long at = Scratch.get().path("mknod", name);
        Native.call("mknod", name, () -> LIBC.mknodat(dirfd, at, mode, device));
    }

    /** linkat(2): a second name; a symlink is linked itself, not what it points to. */
    public static void linkat(int fromDirfd, byte[] from, int toDirfd, byte[] to) {
        Scratch scratch = Scratch.get();
        long source = scratch.path("link", from);
        long target = scratch.secondPath("link", to);
        Native.call("link", to, () -> LIBC.linkat(fromDirfd, source, toDirfd, target, 0));
    }

    public static void symlinkat(byte[] target, int dirfd, byte[] name) {
        Scratch scratch = Scratch.get();
        long content = scratch.path("symlink", target);
        long at = scratch.secondPath("symlink", name);
        Native.call("symlink", name, () -> LIBC.symlinkat(content, dirfd, at));
    }

    /** unlinkat(2) of anything but a directory. */
    public static void unlinkat(int dirfd, byte[] name) {
        long at = Scratch.get().path("unlink", name);
        Native.call("unlink", name, () -> LIBC.unlinkat(dirfd, at, 0));
    }

    /** Removes an empty directory. */
    public static void rmdirat(int dirfd, byte[] name) {
        long at = Scratch.get().path("rmdir", name);
        Native.call("rmdir", name, () -> LIBC.unlinkat(dirfd, at, Fcntl.AT_REMOVEDIR));
    }

    /** renameat(2); replaces what is at {@code to}. */
    public static void renameat(int fromDirfd, byte[] from, int toDirfd, byte[] to) {
        Scratch scratch = Scratch.get();
        long source = scratch.path("rename", from);
        long target = scratch.secondPath("rename", to);
        Native.call("rename", to, () -> LIBC.renameat(fromDirfd, source, toDirfd, target));
    }

    /** renameat2(2) with RENAME_NOREPLACE: EEXIST where {@code to} exists, EINVAL where the filesystem cannot do it. */
    public static void renameNew(int fromDirfd, byte[] from, int toDirfd, byte[] to) {
        Scratch scratch = Scratch.get();
        long source = scratch.path("rename", from);
        long target = scratch.secondPath("rename", to);
        Native.call("rename", to, () -> LIBC.renameat2(fromDirfd, source, toDirfd, target, RENAME_NOREPLACE));
    }
}
