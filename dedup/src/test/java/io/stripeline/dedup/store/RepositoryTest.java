package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
    @TempDir
    Path directory;

    private BlobStore store() {
        return StoreDirectory.below(directory).make();
    }

    private long bytesOf(String folder) {
        long[] sum = new long[1];
        try (BlobStore store = store()) {
            store.list(folder, entry -> sum[0] += entry.sizeBytes());
        }
        return sum[0];
    }

    private static byte[] random(Random random, int length) {
        byte[] out = new byte[length];
        random.nextBytes(out);
        for (int i = 0; i < length / 2; i++) {
            out[i] = (byte) (i >> 6);
        }
        return out;
    }

    private Repository filled(Map<BlobId, byte[]> blobs, int count) {
        Repository repository = Repository.init(store(), StoreConfig.create(1).withPackBytes(1 << 20));
        Random random = new Random(7);
        try (WriteSession session = repository.begin(List.of())) {
            for (int i = 0; i < count; i++) {
                byte[] bytes = random(random, random.nextInt(60_000));
                BlobKind kind = i % 10 == 0 ? BlobKind.META : BlobKind.DATA;
                blobs.put(session.put(kind, ByteBuffer.wrap(bytes)), bytes);
            }
            byte[] large = random(random, 3 << 20);
            blobs.put(session.put(BlobKind.DATA, ByteBuffer.wrap(large)), large);
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1, 2, 3});
        }
        return repository;
    }

    @Test
    void givesBackWhatWasPut() {
        Map<BlobId, byte[]> blobs = new HashMap<>();
        filled(blobs, 200).close();
        try (Repository repository = Repository.open(store())) {
            blobs.forEach((id, bytes) -> assertThat(repository.get(id)).isEqualTo(bytes));
            List<Root> roots = StoreDirectory.roots(repository);
            assertThat(roots).hasSize(1);
            assertThat(roots.get(0).body()).containsExactly(1, 2, 3);
            assertThat(roots.get(0).kind()).isEqualTo(RootKind.SNAPSHOT);
            List<Finding> findings = new ArrayList<>();
            CheckReport report = repository.check(true, findings::add);
            assertThat(findings).isEmpty();
            assertThat(report.chunks()).isEqualTo(blobs.size());
            assertThat(repository.stats(id -> true).reclaimableBytes()).isZero();
            assertThat(repository.stats(id -> false).reclaimableBytes()).isEqualTo(bytesOf("packs"));
        }
    }

    @Test
    void storesNothingTwice() {
        Map<BlobId, byte[]> blobs = new HashMap<>();
        try (Repository repository = filled(blobs, 50);
                WriteSession session = repository.begin(List.of())) {
            blobs.values().forEach(bytes -> session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)));
            session.commitRoot(RootKind.SNAPSHOT, new byte[0]);
            assertThat(session.writtenBytes()).isZero();
        }
    }

    @Test
    void checkpointsReplaceEachOtherAndGoWithTheCommit() {
        try (Repository repository = Repository.init(store(), StoreConfig.create(0));
                WriteSession session = repository.begin(List.of())) {
            session.checkpoint(new byte[] {1});
            session.checkpoint(new byte[] {2});
            assertThat(repository.roots(f -> {}))
                    .singleElement()
                    .satisfies(root -> assertThat(root.body()).containsExactly(2));
            session.commitRoot(RootKind.JOB, new byte[] {3});
            assertThat(repository.roots(f -> {})).extracting(Root::kind).containsExactly(RootKind.JOB);
        }
    }

    @Test
    void manyThreadsAndSessionsAtOnce() throws Exception {
        Map<BlobId, byte[]> blobs = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (Repository first = Repository.init(store(), StoreConfig.create(1).withPackBytes(1 << 20));
                Repository second = Repository.open(store());
                WriteSession a = first.begin(List.of());
                WriteSession b = second.begin(List.of())) {
            List<Future<?>> work = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                WriteSession session = t % 2 == 0 ? a : b;
                int seed = t / 4;
                work.add(threads.submit(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 100; i++) {
                        byte[] bytes = random(random, random.nextInt(60_000));
                        blobs.put(session.put(BlobKind.DATA, ByteBuffer.wrap(bytes)), bytes);
                    }
                }));
            }
            for (Future<?> each : work) {
                each.get();
            }
            a.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            b.commitRoot(RootKind.SNAPSHOT, new byte[] {2});
        } finally {
            threads.shutdownNow();
        }
        try (Repository repository = Repository.open(store())) {
            blobs.forEach((id, bytes) -> assertThat(repository.get(id)).isEqualTo(bytes));
            List<Finding> findings = new ArrayList<>();
            CheckReport report = repository.check(true, findings::add);
            assertThat(findings).isEmpty();
            assertThat(report.chunks()).isEqualTo(2L * blobs.size());
        }
    }

    @Test
    void everyFlippedByteOfAPackIsFound() throws Exception {
        Map<BlobId, byte[]> blobs = new HashMap<>();
        filled(blobs, 20).close();
        List<Path> files;
        try (var walk = Files.walk(directory.resolve("store"))) {
            files = walk.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("config"))
                    .toList();
        }
        Random random = new Random(3);
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            for (int i = 0; i < 12; i++) {
                byte[] bad = good.clone();
                int at = i < 6 ? Math.min(i * 5, good.length - 1) : random.nextInt(good.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bad);
                try (Repository repository = Repository.open(store())) {
                    List<Finding> findings = new ArrayList<>();
                    repository.check(true, findings::add);
                    assertThat(findings).as("%s at %d", file.getFileName(), at).anyMatch(Finding::damage);
                }
            }
            Files.write(file, java.util.Arrays.copyOf(good, good.length - 7));
            try (Repository repository = Repository.open(store())) {
                List<Finding> findings = new ArrayList<>();
                assertThat(repository.check(true, findings::add).damaged()).isPositive();
            }
            Files.write(file, good);
        }
    }

    @Test
    void aLostIndexFileIsReadFromThePacks() throws Exception {
        Map<BlobId, byte[]> blobs = new HashMap<>();
        filled(blobs, 20).close();
        try (var list = Files.list(directory.resolve("store/index"))) {
            Files.write(list.findFirst().orElseThrow(), new byte[10]);
        }
        try (Repository repository = Repository.open(store())) {
            blobs.forEach((id, bytes) -> assertThat(repository.get(id)).isEqualTo(bytes));
        }
    }

    @Test
    void aSessionThatPruneGaveUpWithdrawsItsRoot() {
        try (Repository repository = Repository.init(store(), StoreConfig.create(1));
                WriteSession session = repository.begin(List.of())) {
            session.put(BlobKind.DATA, ByteBuffer.wrap(new byte[100]));
            repository.store().delete("sessions/" + session.id());
            assertThatThrownBy(() -> session.commitRoot(RootKind.SNAPSHOT, new byte[0]))
                    .isInstanceOf(SessionLostException.class);
            assertThat(repository.roots(f -> {})).isEmpty();
        }
    }

    @Test
    void unknownFeaturesAreRefused() {
        try (BlobStore store = store()) {
            store.createNew(
                    "config", Envelope.seal(Envelope.CONFIG, Map.of("version", 1, "required", List.of("encryption"))));
            assertThatThrownBy(() -> Repository.open(store))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("encryption");
        }
    }

    @Test
    void aMissingBlobIsNamed() {
        try (Repository repository = filled(new HashMap<>(), 1)) {
            BlobId id = BlobId.of(new byte[32], 0);
            assertThatThrownBy(() -> repository.get(id))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining(id.toString());
            assertThat(PackFormat.nameOf(id)).startsWith("packs/00/");
        }
    }
}
