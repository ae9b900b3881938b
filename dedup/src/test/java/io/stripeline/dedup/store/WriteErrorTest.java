package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.FrameEncoder;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.flow.Stopped;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After an Error or a failure in the middle of a put or on the thread that seals a pack, a session acknowledges nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WriteErrorTest {
    @TempDir
    Path directory;

    /** A name in the store whose first use by a writer meets an Error; null for none. */
    private final AtomicReference<String> broken = new AtomicReference<>();

    /** Whether writes of packs wait and then find the disk full. */
    private volatile boolean full;

    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch wait = new CountDownLatch(1);

    private BlobStore store() {
        BlobStore inner = StoreDirectory.below(directory).make();
        return HookedBlobs.of(inner, (operation, name) -> {
            if (operation.equals(broken.get()) && broken.compareAndSet(operation, null)) {
                throw new NoClassDefFoundError("not linked");
            }
            if (full && operation.equals("write") && name.startsWith("packs/")) {
                writing.countDown();
                wait.await();
                throw new PosixException("write", Errno.ENOSPC, name);
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

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private interface Commit {
        void of(WriteSession session);
    }

    static List<Arguments> commits() {
        Commit checkpoint = session -> session.checkpoint(new byte[] {1});
        Commit commit = session -> session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        return List.of(Arguments.of("checkpoint", checkpoint), Arguments.of("commit", commit));
    }

    /** A large file is being stored, or what a dropped one left is. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("commits")
    void whatFailsWhileACommitWaitsForItFailsTheCommit(String what, Commit commit) throws Exception {
        try (Repository repository = Repository.init(store(), StoreConfig.create(1))) {
            WriteSession session = repository.begin(List.of());
            full = true;
            FutureTask<BlobId> puts = start(() -> {
                for (int seed = 0; ; seed++) {
                    put(session, seed);
                }
            });
            writing.await();
            CountDownLatch begun = new CountDownLatch(1);
            Thread[] waiting = new Thread[1];
            FutureTask<Boolean> commits = start(() -> {
                waiting[0] = Thread.currentThread();
                begun.countDown();
                commit.of(session);
                return true;
            });
            begun.await();
            await().until(() -> waiting[0].getState() == Thread.State.WAITING);
            wait.countDown();
            for (FutureTask<?> each : List.of(puts, commits)) {
                assertThatThrownBy(() -> each.get(20, TimeUnit.SECONDS))
                        .as(what)
                        .hasRootCauseInstanceOf(PosixException.class)
                        .hasStackTraceContaining("ENOSPC");
            }
            full = false;
            start(() -> {
                        session.close();
                        return true;
                    })
                    .get(20, TimeUnit.SECONDS);
            assertThat(repository.roots(damage -> {
                        throw damage;
                    }))
                    .isEmpty();
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
