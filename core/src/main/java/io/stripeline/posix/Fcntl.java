package io.stripeline.posix;

/** Flags of open(2), openat2(2) and the {@code ...at} calls (fcntl.h, linux/openat2.h). */
public final class Fcntl {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_NOCTTY = 0400;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_DIRECT = Arch.HERE.directFlag;
    public static final int O_DIRECTORY = Arch.HERE.directoryFlag;
    public static final int O_NOFOLLOW = Arch.HERE.nofollowFlag;
    public static final int O_NOATIME = 01000000;
    public static final int O_CLOEXEC = 02000000;
    public static final int O_PATH = 010000000;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_NO_AUTOMOUNT = 0x800;
    public static final int AT_EMPTY_PATH = 0x1000;
    /** Let a network filesystem answer from its cache. */
    public static final int AT_STATX_DONT_SYNC = 0x4000;

    /** Do not cross a mount point. */
    public static final int RESOLVE_NO_XDEV = 0x01;

    public static final int RESOLVE_NO_MAGICLINKS = 0x02;
    public static final int RESOLVE_NO_SYMLINKS = 0x04;
    /** Do not leave the tree below the directory; follows symlinks inside it unless told otherwise. */
    public static final int RESOLVE_BENEATH = 0x08;

    public static final int RESOLVE_IN_ROOT = 0x10;

    private Fcntl() {}
}
