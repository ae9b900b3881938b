package io.stripeline.posix;

/** What differs between the architectures of Linux: system call numbers, open flags, ioctl encoding. */
enum Arch {
    // arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/fcntl.h, asm-generic/ioctl.h
    X86_64(257, 217, 16, 72, 040000, 0200000, 0400000, false),
    // asm-generic/unistd.h, arch/arm64/include/uapi/asm/fcntl.h
    AARCH64(56, 61, 29, 25, 0200000, 040000, 0100000, false),
    // arch/powerpc/kernel/syscalls/syscall.tbl, arch/powerpc/include/uapi/asm/{fcntl,ioctl}.h
    PPC64LE(286, 202, 54, 55, 0400000, 040000, 0100000, true);

    final long openat;
    final long getdents64;
    final long ioctl;
    final long fcntl;
    /** The same number everywhere: added after the tables were unified. */
    final long openat2 = 437;

    final int directFlag;
    final int directoryFlag;
    final int nofollowFlag;
    private final boolean powerIoctls;

    Arch(
            long openat,
            long getdents64,
            long ioctl,
            long fcntl,
            int directFlag,
            int directoryFlag,
            int nofollowFlag,
            boolean powerIoctls) {
        this.openat = openat;
        this.getdents64 = getdents64;
        this.ioctl = ioctl;
        this.fcntl = fcntl;
        this.directFlag = directFlag;
        this.directoryFlag = directoryFlag;
        this.nofollowFlag = nofollowFlag;
        this.powerIoctls = powerIoctls;
    }

    /** The machine we run on. */
    static final Arch HERE = ofName(System.getProperty("os.arch", ""));

    static Arch ofName(String osArch) {
        return switch (osArch) {
            case "aarch64", "arm64" -> AARCH64;
            case "ppc64le" -> PPC64LE;
            default -> X86_64;
        };
    }

    /** {@code _IOR(type, number, size)}. */
    long ioctlRead(char type, int number, int size) {
        return (powerIoctls ? 0x40000000L : 0x80000000L) | (long) size << 16 | (long) type << 8 | number;
    }

    /** {@code _IOW(type, number, size)}. */
    long ioctlWrite(char type, int number, int size) {
        return (powerIoctls ? 0x80000000L : 0x40000000L) | (long) size << 16 | (long) type << 8 | number;
    }
}
