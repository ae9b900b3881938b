package io.stripeline.write;

import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.slab.Slab;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A file of several pieces: opened by the taking thread, its pieces written by the workers, finished by whoever writes
 * the last one. Its path is claimed before and given back when it is finished.
 */
final class LargeFile {
    private final Restoration run;
    private final long number;
    private final RawPath at;
    private final AtomicInteger parts = new AtomicInteger(1);
    private final LongAdder bytes = new LongAdder();
    private final @Nullable FileTarget file;
    private final AtomicBoolean broken = new AtomicBoolean();
    private volatile Fate fate;
    private volatile @Nullable Entry done;

    /**
     * @param number of the entry in its stream
     * @param file where to write; null where it could not be opened or stays as it is, which is reported
     * @param otherwise its fate where there is nothing to write to
     */
    LargeFile(Restoration run, long number, RawPath at, @Nullable FileTarget file, Fate otherwise) {
        this.run = run;
        this.number = number;
        this.at = at;
        this.file = file;
        broken.set(file == null);
        fate = file == null ? otherwise : Fate.FAILED;
    }

    /** Writes a piece and releases it. */
    void write(Slab slab, long offset) throws InterruptedException {
        if (broken.get() || run.isStopped()) {
            slab.release();
            return;
        }
        parts.incrementAndGet();
        boolean accepted = false;
        try {
            run.tasks().submit(() -> piece(slab, offset));
            accepted = true;
        } finally {
            if (!accepted) {
                slab.release();
                parts.decrementAndGet();
            }
        }
    }

    private void piece(Slab slab, long offset) {
        try {
            FileTarget into = file;
            if (into != null && !broken.get() && !run.isStopped()) {
                bytes.add(into.write(slab, offset));
            }
        } catch (RuntimeException | Error failed) {
            fail(failed);
        } finally {
            slab.release();
            part();
        }
    }

    private void fail(Throwable failed) {
        if (broken.compareAndSet(false, true)) {
            run.fail(at, failed);
        }
    }

    /** All pieces were passed; {@code entry} is what to make of them. */
    void end(Entry entry) {
        done = entry;
        part();
    }

    /** The file is not to be. */
    void abandon() {
        broken.set(true);
        part();
    }

    private void part() {
        if (parts.decrementAndGet() > 0) {
            return;
        }
        try (FileTarget last = file) {
            Entry entry = done;
            if (last != null && entry != null && !broken.get() && !run.isStopped()) {
                fate = run.named(last, entry, at, bytes.sum());
            }
        } catch (RuntimeException | Error failed) {
            fail(failed);
        } finally {
            run.tasks().done(at);
            run.decided(number, fate);
        }
    }
}
