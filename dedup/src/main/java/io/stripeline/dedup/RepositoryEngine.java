package io.stripeline.dedup;

import io.stripeline.dedup.cdc.Chunker;
import io.stripeline.dedup.cdc.Gear;
import io.stripeline.dedup.store.Repository;
import io.stripeline.dedup.store.RootKind;
import io.stripeline.dedup.store.WriteSession;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The engine of a store on disk. */
final class RepositoryEngine implements Engine {
    private final Repository repository;
    private final Gear gear;

    RepositoryEngine(Repository repository) {
        this.repository = repository;
        this.gear = new Gear(repository.config().gearSeed());
    }

    /** A cutter of the store's chunks. */
    FileChunks.Cutter cutter() {
        Chunker chunker = new Chunker(repository.config().chunks(), gear);
        return new FileChunks.Cutter() {
            @Override
            public void feed(ByteBuffer bytes, Consumer<ByteBuffer> chunks) {
                chunker.feed(bytes, chunks);
            }

            @Override
            public void finish(Consumer<ByteBuffer> chunks) {
                chunker.finish(chunks);
            }

            @Override
            public void reset() {
                chunker.reset();
            }
        };
    }

    @Override
    public byte[] get(BlobId id) {
        return repository.get(id);
    }

    @Override
    public long place(BlobId id) {
        return repository.place(id);
    }

    @Override
    public List<StoredRoot> roots(Consumer<FormatException> damaged) {
        List<StoredRoot> out = new ArrayList<>();
        repository.roots(damaged).forEach(root -> {
            if (root.kind() == RootKind.SNAPSHOT || root.kind() == RootKind.PARTIAL) {
                out.add(new StoredRoot(root.id().toString(), root.body()));
            }
        });
        return out;
    }

    @Override
    public boolean contains(BlobId id) {
        return repository.contains(id);
    }

    @Override
    public Presence presence(BlobId id) {
        if (!repository.isReadable(id)) {
            return Presence.ABSENT;
        }
        return repository.isIndexed(id) ? Presence.PRESENT : Presence.OUTSIDE_INDEX;
    }

    @Override
    public boolean isSound(BlobId id) {
        return repository.isSound(id);
    }

    @Override
    public boolean looksOnDisk() {
        return repository.looksOnDisk();
    }

    @Override
    public boolean isDamageKnown() {
        return repository.isDamageKnown();
    }

    @Override
    public void notices(BiConsumer<String, String> listener) {
        repository.notices().listener(listener::accept);
    }

    @Override
    public void check(boolean readData, Consumer<String> damage) {
        repository.check(readData, finding -> {
            if (finding.damage()) {
                damage.accept(finding.object() + ": " + finding.message());
            }
        });
    }

    @Override
    public Usage usage(Predicate<BlobId> needed) {
        var stats = repository.stats(needed);
        return new Usage(
                stats.chunks(), stats.storedBytes(), stats.rawBytes(), stats.reclaimableBytes(), stats.leftoverBytes());
    }

    @Override
    public Session session(List<String> parents, List<String> replaced) {
        WriteSession session = repository.begin(
                parents.stream().map(BlobId::parse).toList(),
                replaced.stream().map(BlobId::parse).toList());
        return new Session() {
            @Override
            public BlobId put(BlobKind kind, ByteBuffer bytes) {
                return session.put(kind, bytes);
            }

            @Override
            public String checkpoint(byte[] root) {
                return session.checkpoint(root).toString();
            }

            @Override
            public String commit(byte[] root) {
                return session.commitRoot(RootKind.SNAPSHOT, root).toString();
            }

            @Override
            public long storedBytes() {
                return session.writtenBytes();
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }

    @Override
    public void close() {
        repository.close();
    }
}
