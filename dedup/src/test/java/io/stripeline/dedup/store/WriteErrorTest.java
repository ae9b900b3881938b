package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.FrameEncoder;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.flow.Stopped;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** After an Error in the middle of a put or on the thread that seals a pack, a session acknowledges nothing. */
@Timeout(60)
class WriteErrorTest {
    @TempDir
    Path directory;

    /** A name in the store whose first use by a writer meets an Error; null for none. */
    private final AtomicReference<String> broken = new AtomicReference<>();

    private BlobStore store() {
        BlobStore inner = StoreDirectory.below(directory).make();
        return (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    String word = broken.get();
                    if (word != null && method.getName().equals(word) && broken.compareAndSet(word, null)) {
                        throw new NoClassDefFoundError("not linked");
                    }
                    try {
                        return method.invoke(inner, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static BlobId put(WriteSession session, int seed) {
        byte[] bytes = new byte[600_000];
        new Random(seed).nextBytes(bytes);
        return session.put(BlobKind.DATA, ByteBuffer.wrap(bytes));
    }

    @Test
    void nothingIsCommittedThatMayBeInNoPack() {
        try (Repository repository =
                        Repository.init(store(), StoreConfig.create(1).withPackBytes(1 << 20));
                WriteSession session = repository.begin(List.of())) {
            broken.set("create");
            assertThatThrownBy(() -> {
                        for (int seed = 0; seed < 20; seed++) {
                            put(session, seed);
                        }
                        session.flush();
                    })
                    .isInstanceOfAny(Error.class, IllegalStateException.class);
            assertThat(broken.get()).as("what was to fail did").isNull();
            assertThatThrownBy(() -> put(session, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThatThrownBy(() -> session.commitRoot(RootKind.SNAPSHOT, new byte[] {1}))
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThat(StoreDirectory.roots(repository)).isEmpty();
        }
    }

    @Test
    void whoMeetsAnErrorAsItShowsThatItLivesAcknowledgesNothing() {
        try (Repository repository = Repository.init(store(), StoreConfig.create(1));
                WriteSession session = repository.begin(List.of())) {
            put(session, 0);
            broken.set("replace");
            session.renew();
            assertThat(broken.get()).as("what was to fail did").isNull();
            assertThatThrownBy(() -> put(session, 1))
                    .isInstanceOf(Stopped.class)
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThatThrownBy(() -> session.commitRoot(RootKind.SNAPSHOT, new byte[] {1}))
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void aPackIsSealedByItsCallerWhereTheMachineGivesNoMoreThreads() {
        StoreConfig config = StoreConfig.create(1).withPackBytes(1 << 20);
        try (Repository repository = Repository.init(store(), config);
                FrameEncoder encoder = new FrameEncoder(config.level());
                PackStream stream = new PackStream(repository.store(), config, BlobKind.DATA, task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                })) {
            FrameBuilder frame = new FrameBuilder(600_000);
            for (byte seed = 0; seed < 4; seed++) {
                new Random(seed).nextBytes(frame.array());
                byte[] id = new byte[BlobId.BYTES];
                id[0] = seed;
                frame.add(BlobId.of(id, 0), 600_000);
                encoder.encode(frame);
                stream.append(frame, encoder);
                frame.clear();
            }
            stream.flush();
            List<SealedPack> packs = stream.takeSealed();
            assertThat(packs).hasSize(2);
            for (SealedPack pack : packs) {
                assertThat(repository.store().sizeBytes(PackFormat.nameOf(pack.id())))
                        .isEqualTo(pack.sizeBytes());
            }
        }
    }
}
