package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

import java.nio.ByteBuffer;

/**
 * What an inode has beside attributes: flags (ioctl_iflags(2)), project id and generation, by ioctl on an open file
 * (linux/fs.h). A filesystem without them answers ENOTTY or EOPNOTSUPP.
 */
public final class InodeFlags {
    public static final int FS_SECRM_FL = 0x1;
    public static final int FS_SYNC_FL = 0x8;
    public static final int FS_IMMUTABLE_FL = 0x10;
    public static final int FS_APPEND_FL = 0x20;
    public static final int FS_NODUMP_FL = 0x40;
    public static final int FS_NOATIME_FL = 0x80;
    public static final int FS_NOCOW_FL = 0x800000;
    public static final int FS_PROJINHERIT_FL = 0x20000000;

    private static final long GETFLAGS = Arch.HERE.ioctlRead('f', 1, 8);
    private static final long SETFLAGS = Arch.HERE.ioctlWrite('f', 2, 8);
    private static final long GETVERSION = Arch.HERE.ioctlRead('v', 1, 8);
    /** {@code struct fsxattr}: xflags, extsize, nextents, projid, cowextsize, 8 bytes of padding. */
    private static final int FSXATTR_BYTES = 28;

    private static final int FSXATTR_PROJECT = 12;
    private static final long FSGETXATTR = Arch.HERE.ioctlRead('X', 31, FSXATTR_BYTES);
    private static final long FSSETXATTR = Arch.HERE.ioctlWrite('X', 32, FSXATTR_BYTES);

    private static final long GETFSUUID = Arch.HERE.ioctlRead((char) 0x15, 0, 17);

    private InodeFlags() {}

    /** FS_IOC_GETFLAGS: the kernel writes an int, whatever the size in the number says. */
    public static int get(int fd) {
        return ioctlInt("ioctl(FS_IOC_GETFLAGS)", fd, GETFLAGS);
    }

    public static void set(int fd, int flags) {
        Scratch scratch = Scratch.get();
        scratch.memory().putLong(scratch.structAt(), 0).putInt(scratch.structAt(), flags);
        ioctl("ioctl(FS_IOC_SETFLAGS)", fd, SETFLAGS, scratch);
    }

    /** FS_IOC_GETVERSION: tells two inodes apart that had the same number one after the other. */
    public static int generation(int fd) {
        return ioctlInt("ioctl(FS_IOC_GETVERSION)", fd, GETVERSION);
    }

    /** The project id of FS_IOC_FSGETXATTR, 0 where none was given. */
    public static int projectId(int fd) {
        Scratch scratch = Scratch.get();
        ioctl("ioctl(FS_IOC_FSGETXATTR)", fd, FSGETXATTR, scratch);
        return scratch.memory().getInt(scratch.structAt() + FSXATTR_PROJECT);
    }

    /** Sets the project id and leaves the other fields of {@code struct fsxattr} as they are. */
    public static void projectId(int fd, int projectId) {
        Scratch scratch = Scratch.get();
        ioctl("ioctl(FS_IOC_FSGETXATTR)", fd, FSGETXATTR, scratch);
        scratch.memory().putInt(scratch.structAt() + FSXATTR_PROJECT, projectId);
        ioctl("ioctl(FS_IOC_FSSETXATTR)", fd, FSSETXATTR, scratch);
    }

    /**
     * FS_IOC_GETFSUUID of Linux 6.9: the UUID of the filesystem that holds an open file; ENOTTY where the kernel or the
     * filesystem does not tell. {@code struct fsuuid2}: length, then up to 16 bytes.
     */
    public static byte[] filesystemUuid(int fd) {
        Scratch scratch = Scratch.get();
        ioctl("ioctl(FS_IOC_GETFSUUID)", fd, GETFSUUID, scratch);
        byte[] uuid = new byte[Math.min(16, scratch.memory().get(scratch.structAt()))];
        scratch.memory().get(scratch.structAt() + 1, uuid);
        return uuid;
    }

    private static int ioctlInt(String operation, int fd, long request) {
        Scratch scratch = Scratch.get();
        ByteBuffer memory = scratch.memory();
        memory.putLong(scratch.structAt(), 0);
        ioctl(operation, fd, request, scratch);
        return memory.getInt(scratch.structAt());
    }

    private static void ioctl(String operation, int fd, long request, Scratch scratch) {
        Native.call(operation, fd, () -> LIBC.syscall(Arch.HERE.ioctl, fd, request, scratch.structAddress(), 0));
    }
}
