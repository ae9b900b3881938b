package io.stripeline.posix;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/**
 * A {@code struct statx} in native memory, filled by {@link Posix#statx}: fields are read at their offsets
 * (linux/stat.h), as 64-bit words of a little-endian machine. One per thread, reused; not thread-safe.
 */
public final class StatxBuffer {
    /** Everything that stat(2) tells. */
    public static final int BASIC_STATS = 0x7ff;
    /** Type, mode, links, owner, times and inode, but neither size nor blocks: spares a Lustre client the OSTs. */
    public static final int NO_SIZE = 0x1ff;

    public static final int BTIME = 0x800;
    public static final int MNT_ID = 0x1000;

    private static final int BYTES = 256;
    /** Up to and with the mount id. */
    private static final int LONGS = 19;

    private final ByteBuffer memory = NativeMemory.allocate(BYTES);
    private final LongBuffer view = memory.asLongBuffer();
    private final long address = NativeMemory.address(memory);
    /** One copy and plain array reads cost less than a checked read of native memory per field. */
    private final long[] fields = new long[LONGS];

    long address() {
        return address;
    }

    /** Takes over what the call has stored. */
    void load() {
        view.get(0, fields);
    }

    private int low(int field) {
        return (int) fields[field];
    }

    private int high(int field) {
        return (int) (fields[field] >>> 32);
    }

    /** What the filesystem filled: STATX_* bits. */
    public int mask() {
        return low(0);
    }

    /** STATX_ATTR_* bits. */
    public long attributes() {
        return fields[1];
    }

    public int nlink() {
        return low(2);
    }

    public int uid() {
        return high(2);
    }

    public int gid() {
        return low(3);
    }

    /** Kind and permissions, as {@code st_mode}. */
    public int mode() {
        return high(3) & 0xFFFF;
    }

    public long ino() {
        return fields[4];
    }

    public long sizeBytes() {
        return fields[5];
    }

    public long blocks512() {
        return fields[6];
    }

    public long atimeSeconds() {
        return fields[8];
    }

    public int atimeNanos() {
        return low(9);
    }

    /** 0 where the filesystem does not tell. */
    public long btimeSeconds() {
        return fields[10];
    }

    public int btimeNanos() {
        return low(11);
    }

    public long ctimeSeconds() {
        return fields[12];
    }

    public int ctimeNanos() {
        return low(13);
    }

    public long mtimeSeconds() {
        return fields[14];
    }

    public int mtimeNanos() {
        return low(15);
    }

    /** Device of a device node, as {@code makedev}. */
    public long rdev() {
        return device(low(16), high(16));
    }

    /** Device of the filesystem, as {@code st_dev}. */
    public long dev() {
        return device(low(17), high(17));
    }

    /** Mount id; meaningful where {@link #mask()} has {@link #MNT_ID}. */
    public long mountId() {
        return fields[18];
    }

    /** {@code makedev(major, minor)} of glibc (sys/sysmacros.h). */
    public static long device(int major, int minor) {
        return (minor & 0xFFL) | (major & 0xFFFL) << 8 | (minor & 0xFFFFFF00L) << 12 | (major & 0xFFFFF000L) << 32;
    }
}
