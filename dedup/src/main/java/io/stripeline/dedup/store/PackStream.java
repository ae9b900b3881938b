package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.FrameEncoder;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.dedup.pack.PackWriter;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.flow.Stopped;
import io.stripeline.snapshot.BlobKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The packs of one kind that a session writes, one after the other. A full pack is made durable by a thread of this stream
 * while the callers go on with the next one; who fills a pack while {@link #MAX_SEALING} are becoming durable waits with
 * it, so that there are at most as many more packs as callers. A pack that could not be made durable fails the next call.
 */
final class PackStream implements AutoCloseable {
    private static final int MAX_SEALING = 3;

    private final BlobStore store;
    private final StoreConfig config;
    private final BlobKind kind;
    private final ExecutorService sealers;
    private final List<SealedPack> sealed = new ArrayList<>();
    private @Nullable PackWriter open;
    private @Nullable RuntimeException failure;
    private int sealing;
    private long writtenBytes;

    PackStream(BlobStore store, StoreConfig config, BlobKind kind) {
        this(store, config, kind, task -> {
            Thread thread = new Thread(task, "stripeline-seal");
            thread.setDaemon(true);
            return thread;
        });
    }

    PackStream(BlobStore store, StoreConfig config, BlobKind kind, ThreadFactory threads) {
        this.store = store;
        this.config = config;
        this.kind = kind;
        this.sealers = Executors.newFixedThreadPool(MAX_SEALING, threads);
    }

    synchronized void append(FrameBuilder frame, FrameEncoder encoded) {
        throwFailure();
        PackWriter writer = open;
        if (writer == null) {
            writer = new PackWriter(store, config.store(), kind);
            open = writer;
        }
        writer.append(frame, encoded);
        if (writer.sizeBytes() >= config.packBytes() || writer.chunks() >= PackFormat.MAX_CHUNKS - 8192) {
            startSeal(writer);
        }
    }

    private void startSeal(PackWriter full) {
        open = null; // before the wait, which lets others append: to a pack of their own
        awaitSealing(MAX_SEALING - 1);
        sealing++;
        try {
            sealers.execute(() -> seal(full));
        } catch (OutOfMemoryError noThread) {
            seal(full); // here, then: whoever closes this waits for it
        }
    }

    private void seal(PackWriter full) {
        SealedPack pack = null;
        RuntimeException broken = null;
        try (full) {
            pack = full.seal();
        } catch (RuntimeException failed) {
            broken = failed;
        } catch (Error failed) {
            broken = new Stopped("Sealing a pack", failed);
        } finally {
            sealed(pack, broken);
        }
    }

    private synchronized void sealed(@Nullable SealedPack pack, @Nullable RuntimeException broken) {
        sealing--;
        if (pack == null || broken != null) {
            RuntimeException told = broken == null ? new IllegalStateException("Sealing a pack was stopped") : broken;
            failure = failure == null ? told : failure;
        } else {
            sealed.add(pack);
            writtenBytes += pack.sizeBytes();
        }
        notifyAll();
    }

    private void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized void awaitSealing(int most) {
        boolean interrupted = false;
        while (sealing > most) {
            try {
                wait();
            } catch (InterruptedException told) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes everything durable. Called while nobody appends. */
    synchronized void flush() {
        if (open != null) {
            startSeal(open);
        }
        awaitSealing(0);
        throwFailure();
    }

    /** Packs made durable since the last call. */
    synchronized List<SealedPack> takeSealed() {
        List<SealedPack> out = new ArrayList<>(sealed);
        sealed.clear();
        return out;
    }

    synchronized long writtenBytes() {
        return writtenBytes;
    }

    /** Waits for packs that are becoming durable: they must not meet a closed store. */
    @Override
    public void close() {
        sealers.shutdown();
        synchronized (this) {
            awaitSealing(0);
            if (open != null) {
                open.close();
                open = null;
            }
        }
    }
}
