package io.stripeline.scan;

import io.stripeline.flow.Job;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import org.jspecify.annotations.Nullable;

/** The rows that one worker has found: hands them over when they are many, old, or asked for. Of one thread. */
final class Rows {
    /** A row waits no longer than this here, half of what it may wait in all. */
    private static final long LONGEST_WAIT_NANOS = Collector.LONGEST_WAIT_NANOS / 2;

    private final Collector collector;
    private final Job job;
    private final @Nullable Held held;
    private InodeBatch batch = new InodeBatch();
    private boolean empty = true;
    private int directories;
    private long bytes;
    private long oldest;

    /** @param held where a gate has to be asked about all rows before they are handed over */
    Rows(Collector collector, Job job, @Nullable Held held) {
        this.collector = collector;
        this.job = job;
        this.held = held;
    }

    boolean isEmpty() {
        return empty;
    }

    /** True where the batch holds the row of a directory, so that nobody else may work below it yet. */
    boolean holdsDirectories() {
        return directories > 0;
    }

    /** True where directories wait for the answer of a gate, and so for these rows to be handed over. */
    boolean holdsWork() {
        return held != null && !held.isEmpty();
    }

    /**
     * Adds the row of a directory that is entered, by {@code work}, only if a gate lets it.
     *
     * @param recorded false where the row is only for the gate
     */
    void addHeld(
            Dir dir, byte[] source, int from, int length, StatxBuffer stat, @Nullable Work work, boolean recorded) {
        if (held == null) {
            throw new IllegalStateException("No gate is asked");
        }
        held.put(batch.size(), work, recorded);
        add(dir, source, from, length, stat);
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
        if (held != null) {
            batch = held.ask(batch);
            count();
        }
        job.progress().add(Counter.SCANNED, batch.size());
        job.progress().add(Counter.DIRECTORIES, directories);
        job.progress().add(Counter.SCANNED_BYTES, bytes);
        empty = true;
        directories = 0;
        bytes = 0;
        batch = collector.take(batch);
    }

    /** Counts what a gate has left. */
    private void count() {
        directories = 0;
        bytes = 0;
        for (int row = 0; row < batch.size(); row++) {
            int type = batch.mode(row) & FileType.MASK;
            directories += type == FileType.DIRECTORY.bits() ? 1 : 0;
            bytes += type == FileType.REGULAR.bits() ? batch.sizeBytes(row) : 0;
        }
    }
}
