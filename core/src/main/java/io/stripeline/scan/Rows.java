package io.stripeline.scan;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;

/** The rows that one worker has found: hands them over when they are many, old, or asked for. Of one thread. */
final class Rows {
    /** A row waits no longer than this here, half of what it may wait in all. */
    private static final long LONGEST_WAIT_NANOS = Collector.LONGEST_WAIT_NANOS / 2;

    private final Collector collector;
    private final Job job;
    private InodeBatch batch = new InodeBatch();
    private boolean empty = true;
    private int directories;
    private long bytes;
    private long oldest;

    Rows(Collector collector, Job job) {
        this.collector = collector;
        this.job = job;
    }

    boolean isEmpty() {
        return empty;
    }

    /** True where the batch holds the row of a directory, so that nobody else may work below it yet. */
    boolean holdsDirectories() {
        return directories > 0;
    }

    void add(Dir dir, byte[] source, int from, int length, StatxBuffer stat) {
        InodeBatch to = batch;
        int row = to.addRow(dir, source, from, length);
        int mode = stat.mode();
        int type = mode & FileType.MASK;
        boolean device = type == FileType.CHARACTER_DEVICE.bits() || type == FileType.BLOCK_DEVICE.bits();
        to.identity(row, stat.dev(), 0, stat.ino(), mode, stat.nlink(), device ? stat.rdev() : 0);
        long size = stat.sizeBytes();
        to.owner(row, stat.uid(), stat.gid(), size, stat.blocks512());
        to.time(row, InodeBatch.ATIME, stat.atimeSeconds(), stat.atimeNanos());
        to.time(row, InodeBatch.MTIME, stat.mtimeSeconds(), stat.mtimeNanos());
        to.time(row, InodeBatch.CTIME, stat.ctimeSeconds(), stat.ctimeNanos());
        if ((stat.mask() & StatxBuffer.BTIME) != 0) {
            to.time(row, InodeBatch.BTIME, stat.btimeSeconds(), stat.btimeNanos());
        }
        if (type == FileType.DIRECTORY.bits()) {
            directories++;
        } else if (type == FileType.REGULAR.bits()) {
            bytes += size;
        }
        begun();
        if (to.isFull()) {
            flush();
        }
    }

    void fail(Dir dir, byte[] name, String operation, int errno) {
        batch.addFailure(new ScanFailure(
                dir, name, new PosixException(operation, errno, dir.path(name).toString())));
        begun();
    }

    private void begun() {
        if (empty) {
            empty = false;
            oldest = System.nanoTime();
        }
    }

    void flushIfOld(long now) {
        if (!empty && now - oldest >= LONGEST_WAIT_NANOS) {
            flush();
        }
    }

    void flush() {
        if (empty) {
            return;
        }
        job.progress().add(Counter.SCANNED, batch.size());
        job.progress().add(Counter.DIRECTORIES, directories);
        job.progress().add(Counter.SCANNED_BYTES, bytes);
        empty = true;
        directories = 0;
        bytes = 0;
        batch = collector.take(batch);
    }
}
