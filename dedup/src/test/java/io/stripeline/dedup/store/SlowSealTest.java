package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.FrameEncoder;
import io.stripeline.dedup.pack.SealedPack;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The source is faster than the store makes packs durable: several threads wait with full packs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowSealTest {
    private static final int FRAME_BYTES = 600_000;

    @TempDir
    Path directory;

    /** Open while no pack becomes durable. */
    private final CountDownLatch disk = new CountDownLatch(1);

    private final StoreConfig config = StoreConfig.create(0).withPackBytes(FRAME_BYTES);
    private final List<Thread> threads = new ArrayList<>();

    private BlobStore store() {
        byte[] path = directory.resolve("store").toString().getBytes(StandardCharsets.UTF_8);
        return HookedBlobs.of(DirectoryBlobStore.make(path), (operation, name) -> {
            if (operation.equals("commit") && name.startsWith("packs/")) {
                disk.await();
            }
        });
    }

    @AfterEach
    void release() {
        disk.countDown();
    }

    private FutureTask<Void> start(Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return task;
    }

    private void awaitAllWaiting() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    private void append(PackStream stream, int seed) {
        try (FrameEncoder encoder = new FrameEncoder(config.level())) {
            FrameBuilder frame = new FrameBuilder(FRAME_BYTES);
            new Random(seed).nextBytes(frame.array());
            byte[] id = new byte[BlobId.BYTES];
            id[0] = (byte) seed;
            frame.add(BlobId.of(id, 0), FRAME_BYTES);
            encoder.encode(frame);
            stream.append(frame, encoder);
        }
    }

    @Test
    void whoComesWhileAFullPackWaitsFillsAnotherOne() throws Exception {
        try (Repository repository = Repository.init(store(), config);
                PackStream stream = new PackStream(repository.store(), config, BlobKind.DATA)) {
            for (int seed = 0; seed < 3; seed++) {
                append(stream, seed); // one full pack each; all three that may become durable do
            }
            List<FutureTask<Void>> appends = new ArrayList<>();
            for (int seed = 3; seed < 7; seed++) {
                int own = seed;
                appends.add(start(() -> append(stream, own)));
                awaitAllWaiting();
            }
            disk.countDown();
            for (FutureTask<Void> each : appends) {
                each.get(30, TimeUnit.SECONDS);
            }
            stream.flush();
            assertThat(stream.takeSealed())
                    .hasSize(7)
                    .extracting(SealedPack::chunks)
                    .containsOnly(1);
        }
    }

    @Test
    void aSessionOfManyThreadsStoresAllOfIt() throws Exception {
        Map<BlobId, byte[]> blobs = new ConcurrentHashMap<>();
        AtomicInteger seeds = new AtomicInteger();
        try (Repository repository = Repository.init(store(), config)) {
            try (WriteSession session = repository.begin(List.of())) {
                List<FutureTask<Void>> puts = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    puts.add(start(() -> {
                        for (int seed = seeds.getAndIncrement(); seed < 40; seed = seeds.getAndIncrement()) {
                            byte[] bytes = new byte[FRAME_BYTES];
                            new Random(seed).nextBytes(bytes);
                            blobs.put(session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)), bytes);
                        }
                    }));
                }
                awaitAllWaiting();
                disk.countDown();
                for (FutureTask<Void> each : puts) {
                    each.get(30, TimeUnit.SECONDS);
                }
                session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            }
            assertThat(blobs).hasSize(40);
            blobs.forEach((id, bytes) -> assertThat(repository.get(id)).isEqualTo(bytes));
            assertThat(repository.check(true, finding -> {}).damaged()).isZero();
        }
    }
}
