package io.stripeline.fs.posix;

import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Posix;
import io.stripeline.posix.StatxBuffer;

/** The inode of an open file. */
final class StatInode {
    private static final ThreadLocal<StatxBuffer> BUFFER = ThreadLocal.withInitial(StatxBuffer::new);

    private StatInode() {}

    /** statx(2) of a descriptor. Identity as the scan makes it: device, no generation, inode number. */
    static Inode of(int fd) {
        StatxBuffer stat = BUFFER.get();
        Posix.statx(fd, StatxBuffer.BASIC_STATS | StatxBuffer.BTIME, stat);
        return new Inode(
                new InodeId(stat.dev(), 0, stat.ino()),
                stat.mode(),
                stat.nlink(),
                stat.uid(),
                stat.gid(),
                stat.sizeBytes(),
                stat.blocks512(),
                stat.rdev(),
                new Timestamp(stat.atimeSeconds(), stat.atimeNanos()),
                new Timestamp(stat.mtimeSeconds(), stat.mtimeNanos()),
                new Timestamp(stat.ctimeSeconds(), stat.ctimeNanos()),
                (stat.mask() & StatxBuffer.BTIME) == 0
                        ? Timestamp.EPOCH
                        : new Timestamp(stat.btimeSeconds(), stat.btimeNanos()));
    }
}
