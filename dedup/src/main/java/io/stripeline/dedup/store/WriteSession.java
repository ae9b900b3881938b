package io.stripeline.dedup.store;

import io.stripeline.dedup.index.IdTable;
import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.flow.Stopped;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.BlobSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * One writer at work. Thread-safe: any number of threads may {@link #put}; as many as there are lanes work at a time, the
 * others wait. After the first failure of the destination every call throws it: nothing of this session is acknowledged
 * any more, what was committed before stands. Closing without a commit leaves the store valid.
 */
public final class WriteSession implements BlobSink, AutoCloseable {
    /** Chunks put since the last index file after which one is written. */
    private static final long MAX_UNINDEXED = 200_000;

    private static final int MAX_FRAME_CHUNKS = 8192;

    private static final byte[] NO_VALUE = new byte[0];

    private final Repository repository;
    private final SessionRecord record;
    private final List<BlobId> replaced;
    private final Lanes lanes;
    private final PackStream data;
    private final PackStream meta;
    private final ScheduledExecutorService renewal;
    /** Shared by puts, held alone by a flush. */
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

    private final AtomicLong unindexed = new AtomicLong();
    private volatile IdTable claims = new IdTable(0);
    /** The first one. Set without a monitor: who holds the gate shared may fail while another waits for it. */
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    private @Nullable BlobId partial;
    private boolean committed;
    private boolean closed;

    WriteSession(Repository repository, SessionRecord record, List<BlobId> replaced) {
        this.repository = repository;
        this.record = record;
        this.replaced = List.copyOf(replaced);
        this.lanes = new Lanes(repository.config());
        this.data = new PackStream(repository.store(), repository.config(), BlobKind.DATA);
        this.meta = new PackStream(repository.store(), repository.config(), BlobKind.META);
        this.renewal = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "stripeline-session-renewal");
            thread.setDaemon(true);
            return thread;
        });
        // ends with its executor; renew() itself keeps what failed
        var unused = this.renewal.scheduleWithFixedDelay(this::renew, 1, 1, TimeUnit.HOURS);
    }

    /** Name of this session, 32 hexadecimal digits. */
    public String id() {
        return record.hex();
    }

    /** What the hourly timer does. */
    void renew() {
        try {
            if (!record.renew()) {
                fail(new SessionLostException(id()));
            }
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    /** Nothing is acknowledged from here on: a blob may have been claimed that is in no pack. */
    private void fail(Throwable broken) {
        failure.compareAndSet(null, Stopped.failure("Storing", broken));
    }

    private void throwFailure() {
        RuntimeException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public BlobId put(BlobKind kind, ByteBuffer bytes) {
        int length = bytes.remaining();
        if (length > PackFormat.MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("A blob of " + length + " bytes; 16 MiB at most");
        }
        throwFailure();
        if (unindexed.get() > MAX_UNINDEXED) {
            flush();
        }
        gate.readLock().lock();
        try {
            throwFailure();
            return lanes.with(lane -> put(lane, kind, bytes, length));
        } catch (RuntimeException | Error broken) {
            fail(broken);
            throw broken;
        } finally {
            gate.readLock().unlock();
        }
    }

    private BlobId put(Lane lane, BlobKind kind, ByteBuffer bytes, int length) {
        FrameBuilder frame = lane.frame(kind);
        if (frame.room() < length || frame.count() >= MAX_FRAME_CHUNKS) {
            write(lane, kind, frame);
        }
        FrameBuilder target = frame.room() < length ? new FrameBuilder(length) : frame;
        bytes.get(bytes.position(), target.array(), target.end(), length);
        BlobId id = lane.hash(target.array(), target.end(), length);
        if (isStored(id) || !claims.putIfAbsent(lane.id, 0, NO_VALUE)) {
            return id;
        }
        target.add(id, length);
        unindexed.incrementAndGet();
        if (target != frame) {
            write(lane, kind, target);
        }
        return id;
    }

    private boolean isStored(BlobId id) {
        return repository.isSound(id);
    }

    private void write(Lane lane, BlobKind kind, FrameBuilder frame) {
        if (!frame.isEmpty()) {
            lane.encoder.encode(frame);
            (kind == BlobKind.DATA ? data : meta).append(frame, lane.encoder);
            frame.clear();
        }
    }

    /** Whether a blob is stored, or was put in this session. */
    public boolean contains(BlobId id) {
        throwFailure();
        return isStored(id) || claims.find(id.toBytes(), 0, NO_VALUE);
    }

    /** Makes everything put so far durable and findable; other threads' puts wait meanwhile. */
    public void flush() {
        gate.writeLock().lock();
        try {
            throwFailure();
            lanes.forEach(lane -> {
                write(lane, BlobKind.DATA, lane.frame(BlobKind.DATA));
                write(lane, BlobKind.META, lane.frame(BlobKind.META));
            });
            data.flush();
            meta.flush();
            List<SealedPack> packs = new ArrayList<>(data.takeSealed());
            packs.addAll(meta.takeSealed());
            repository.addIndexFiles(packs);
            claims = new IdTable(0);
            unindexed.set(0);
        } catch (RuntimeException | Error broken) {
            fail(broken);
            throw broken;
        } finally {
            gate.writeLock().unlock();
        }
    }

    /**
     * Commits what was put so far under a partial root, which replaces this session's earlier one.
     *
     * @return its id
     */
    public synchronized BlobId checkpoint(byte[] body) {
        BlobId id = write(RootKind.PARTIAL, body);
        BlobId earlier = partial;
        partial = id;
        if (earlier != null) {
            repository.roots0().remove(earlier);
        }
        return id;
    }

    /**
     * Commits: once this returns, the root and everything put before survives crashes and power cuts. Removes this
     * session's partial root, and of those that it replaces those whose sessions do not live.
     *
     * @throws SessionLostException where prune has given this session up; the root was withdrawn
     */
    public synchronized BlobId commitRoot(RootKind kind, byte[] body) {
        if (kind == RootKind.PARTIAL) {
            throw new IllegalArgumentException("A partial root is a checkpoint");
        }
        BlobId id = write(kind, body);
        if (partial != null) {
            repository.roots0().remove(partial);
            partial = null;
        }
        repository.removePartials(replaced);
        committed = true;
        return id;
    }

    private BlobId write(RootKind kind, byte[] body) {
        flush();
        try {
            BlobId id = repository.roots0().write(kind, record.id(), body);
            if (!record.stands()) {
                repository.roots0().remove(id);
                throw new SessionLostException(id());
            }
            return id;
        } catch (RuntimeException | Error broken) {
            fail(broken);
            throw broken;
        }
    }

    /** Bytes written to packs that are durable. */
    public long writtenBytes() {
        return data.writtenBytes() + meta.writtenBytes();
    }

    /** Ends the session. Waits for puts that are under way. */
    @Override
    public void close() {
        gate.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            fail(new IllegalStateException("The session is closed"));
            renewal.shutdownNow();
            lanes.close();
            try (data;
                    meta) {
                if (committed) {
                    repository.sweep(id());
                }
                record.remove();
            }
        } finally {
            gate.writeLock().unlock();
        }
    }
}
