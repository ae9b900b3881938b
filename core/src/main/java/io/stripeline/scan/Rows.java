package io.stripeline.scan;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;

/** The batch that one worker fills: hands it over when it is full, old, or asked to. Of one thread. */
final class Rows {
    /** A row waits no longer than this for its batch to fill. */
    static final long LONGEST_WAIT_NANOS = 20_000_000;

    private final Outlet outlet;
    private final Job job;
    private InodeBatch batch = new InodeBatch();
    private boolean empty = true;
    private int directories;
    private long bytes;
    private long oldest;
    private boolean open = true;

    Rows(Outlet outlet, Job job) {
        this.outlet = outlet;
        this.job = job;
    }

    boolean isEmpty() {
        return empty;
    }

    /** True where the batch holds the row of a directory, so that nobody else may work below it yet. */
    boolean holdsDirectories() {
        return directories > 0;
    }

    /** False once the walk was cancelled. */
    boolean isOpen() {
        return open;
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
        InodeBatch full = batch;
        job.progress().add(Counter.SCANNED, full.size());
        job.progress().add(Counter.DIRECTORIES, directories);
        job.progress().add(Counter.SCANNED_BYTES, bytes);
        batch = new InodeBatch();
        empty = true;
        directories = 0;
        bytes = 0;
        open &= outlet.put(full);
    }
}
