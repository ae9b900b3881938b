package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.FrameEncoder;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.dedup.pack.PackWriter;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.snapshot.BlobKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packs of one kind that a session writes, one after the other. The caller that fills a pack makes it durable, while
 * others go on with the next one; at most {@link #MAX_SEALING} are becoming durable at a time.
 */
final class PackStream implements AutoCloseable {
    private static final int MAX_SEALING = 2;

    private final BlobStore store;
    private final StoreConfig config;
    private final BlobKind kind;
    private final List<SealedPack> sealed = new ArrayList<>();
    private @Nullable PackWriter open;
    private int sealing;
    private long writtenBytes;

    PackStream(BlobStore store, StoreConfig config, BlobKind kind) {
        this.store = store;
        this.config = config;
        this.kind = kind;
    }

    void append(FrameBuilder frame, FrameEncoder encoded) {
        PackWriter full = null;
        synchronized (this) {
            PackWriter writer = open;
            if (writer == null) {
                writer = new PackWriter(store, config.store(), kind);
                open = writer;
            }
            writer.append(frame, encoded);
            if (writer.sizeBytes() >= config.packBytes() || writer.chunks() >= PackFormat.MAX_CHUNKS - 8192) {
                full = writer;
                open = null;
                awaitTurn();
                sealing++;
            }
        }
        if (full != null) {
            seal(full);
        }
    }

    private void awaitTurn() {
        boolean interrupted = false;
        while (sealing >= MAX_SEALING) {
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

    private void seal(PackWriter full) {
        try (full) {
            SealedPack pack = full.seal();
            synchronized (this) {
                sealed.add(pack);
                writtenBytes += pack.sizeBytes();
            }
        } finally {
            synchronized (this) {
                sealing--;
                notifyAll();
            }
        }
    }

    /** Makes everything durable. Called while nobody appends. */
    void flush() {
        PackWriter last;
        synchronized (this) {
            last = open;
            open = null;
            if (last != null) {
                sealing++;
            }
        }
        if (last != null) {
            seal(last);
        }
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

    @Override
    public synchronized void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
