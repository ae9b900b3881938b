package io.stripeline.posix;

import static io.stripeline.posix.Native.LIBC;

import java.nio.ByteBuffer;

/**
 * A mounted filesystem, as statfs(2) tells it.
 *
 * @param type magic number, see linux/magic.h
 * @param blockBytes unit of the block counts
 * @param blocks size
 * @param blocksAvailable free for users without privilege
 * @param fsid stable on some kinds, made from st_dev on others
 * @param readOnly mounted read-only (ST_RDONLY)
 */
public record StatFs(long type, long blockBytes, long blocks, long blocksAvailable, long fsid, boolean readOnly) {
    private static final int ST_RDONLY = 1;

    /** Of what a descriptor is open on, O_PATH too. */
    public static StatFs of(int fd) {
        Scratch scratch = Scratch.get();
        Native.call("statfs", fd, () -> LIBC.fstatfs(fd, scratch.structAddress()));
        return read(scratch);
    }

    public static StatFs of(byte[] path) {
        Scratch scratch = Scratch.get();
        long at = scratch.path("statfs", path);
        Native.call("statfs", path, () -> LIBC.statfs(at, scratch.structAddress()));
        return read(scratch);
    }

    private static StatFs read(Scratch scratch) {
        ByteBuffer memory = scratch.memory();
        int at = scratch.structAt();
        return new StatFs(
                memory.getLong(at) & 0xFFFFFFFFL,
                memory.getLong(at + 8),
                memory.getLong(at + 16),
                memory.getLong(at + 32),
                memory.getLong(at + 56),
                (memory.getLong(at + 80) & ST_RDONLY) != 0);
    }

    /**
     * True for what the kernel makes up (proc, sysfs, cgroup, debugfs, ...): nothing of it can be restored, some of it
     * never ends.
     */
    public boolean isPseudo() {
        return PseudoFileSystems.isOne(type);
    }
}
