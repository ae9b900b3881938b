package io.stripeline.posix;

import java.nio.ByteBuffer;

/**
 * A {@code struct statx} in native memory, filled by {@link Posix#statx}: fields are read at their offsets
 * (linux/stat.h). One per thread, reused; not thread-safe.
 */
public final class StatxBuffer {
    /** Everything that stat(2) tells. */
    public static final int BASIC_STATS = 0x7ff;
    /** Type, mode, links, owner, times and inode, but neither size nor blocks: spares a Lustre client the OSTs. */
    public static final int NO_SIZE = 0x1ff;

    public static final int BTIME = 0x800;
    public static final int MNT_ID = 0x1000;

    private static final int BYTES = 256;

    private final ByteBuffer memory = NativeMemory.allocate(BYTES);
    private final long address = NativeMemory.address(memory);

    long address() {
        return address;
    }

    /** What the filesystem filled: STATX_* bits. */
    public int mask() {
        return memory.getInt(0);
    }

    /** STATX_ATTR_* bits. */
    public long attributes() {
        return memory.getLong(8);
    }

    public int nlink() {
        return memory.getInt(16);
    }

    public int uid() {
        return memory.getInt(20);
    }

    public int gid() {
        return memory.getInt(24);
    }

    /** Kind and permissions, as {@code st_mode}. */
    public int mode() {
        return memory.getShort(28) & 0xFFFF;
    }

    public long ino() {
        return memory.getLong(32);
    }

    public long sizeBytes() {
        return memory.getLong(40);
    }

    public long blocks512() {
        return memory.getLong(48);
    }

    public long atimeSeconds() {
        return memory.getLong(64);
    }

    public int atimeNanos() {
        return memory.getInt(72);
    }

    /** 0 where the filesystem does not tell. */
    public long btimeSeconds() {
        return memory.getLong(80);
    }

    public int btimeNanos() {
        return memory.getInt(88);
    }

    public long ctimeSeconds() {
        return memory.getLong(96);
    }

    public int ctimeNanos() {
        return memory.getInt(104);
    }

    public long mtimeSeconds() {
        return memory.getLong(112);
    }

    public int mtimeNanos() {
        return memory.getInt(120);
    }

    /** Device of a device node, as {@code makedev}. */
    public long rdev() {
        return device(memory.getInt(128), memory.getInt(132));
    }

    /** Device of the filesystem, as {@code st_dev}. */
    public long dev() {
        return device(memory.getInt(136), memory.getInt(140));
    }

    /** Mount id; meaningful where {@link #mask()} has {@link #MNT_ID}. */
    public long mountId() {
        return memory.getLong(144);
    }

    /** {@code makedev(major, minor)} of glibc (sys/sysmacros.h). */
    public static long device(int major, int minor) {
        return (minor & 0xFFL) | (major & 0xFFFL) << 8 | (minor & 0xFFFFFF00L) << 12 | (major & 0xFFFFF000L) << 32;
    }
}
