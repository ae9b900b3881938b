package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stats say could be reclaimed is what is stored, no more and no less. */
class StoreStatsTest {
    @TempDir
    Path temporary;

    private Repository make(int level) {
        return StoreDirectory.below(temporary).init(StoreConfig.create(level).withPackBytes(1 << 20));
    }

    private static Repository open(Path directory) {
        return Repository.open(DirectoryBlobStore.open(directory));
    }

    /** Half of each chunk compresses to nothing. */
    private static byte[] content(int seed) {
        byte[] out = new byte[40_000];
        new Random(seed).nextBytes(out);
        java.util.Arrays.fill(out, 0, 20_000, (byte) seed);
        return out;
    }

    private static Set<BlobId> put(WriteSession session, int from, int to) {
        Set<BlobId> out = new HashSet<>();
        for (int i = from; i < to; i++) {
            out.add(session.put(BlobKind.DATA, ByteBuffer.wrap(content(i))));
        }
        return out;
    }

    private static long bytes(Path below) throws Exception {
        try (var walk = Files.walk(below)) {
            return walk.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** Of a store that is written to meanwhile: what gets another name before it is copied is left out. */
    private static void copy(Path from, Path to) throws Exception {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes found) throws IOException {
                Files.createDirectory(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes found) throws IOException {
                try {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                } catch (NoSuchFileException renamed) {
                    return visitFileFailed(file, renamed);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    @Test
    void chunksThatNothingNeedsCountAsTheyAreStored() throws Exception {
        try (Repository repository = make(3)) {
            Set<BlobId> needed;
            try (WriteSession session = repository.begin(List.of())) {
                needed = put(session, 0, 100);
                put(session, 100, 200);
                session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            }
            long packs = bytes(temporary.resolve("store/packs"));
            assertThat(packs).isLessThan(200 * 25_000);
            StoreStats half = repository.stats(needed::contains);
            assertThat(half.reclaimableBytes()).isBetween(packs * 45 / 100, packs * 55 / 100);
            assertThat(half.leftoverBytes()).isZero();
            assertThat(repository.stats(id -> false).reclaimableBytes()).isEqualTo(packs);
            assertThat(repository.stats(id -> true).reclaimableBytes()).isZero();
        }
    }

    @Test
    void whatAKilledRunLeftCounts() throws Exception {
        Path killed = temporary.resolve("killed");
        long before;
        Set<BlobId> needed;
        try (Repository repository = make(0)) {
            try (WriteSession session = repository.begin(List.of())) {
                needed = put(session, 0, 50);
                session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
            }
            before = bytes(temporary.resolve("store/packs"));
            try (WriteSession session = repository.begin(List.of())) {
                put(session, 1000, 1200); // packs that are sealed, and one that is not
                copy(temporary.resolve("store"), killed); // as kill -9 would leave it
            }
        }
        try (Repository repository = open(killed)) {
            long left = bytes(killed.resolve("packs")) - before;
            StoreStats stats = repository.stats(needed::contains);
            assertThat(stats.leftoverBytes()).isEqualTo(left).isGreaterThan(3_000_000);
            assertThat(stats.reclaimableBytes()).isEqualTo(left);
            assertThat(stats.storedBytes()).isGreaterThan(before + left);
        }
    }

    @Test
    void aDamagedIndexFileMakesNothingReclaimable() throws Exception {
        Set<BlobId> needed;
        try (Repository repository = make(0);
                WriteSession session = repository.begin(List.of())) {
            needed = put(session, 0, 50);
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        }
        try (var list = Files.list(temporary.resolve("store/index"))) {
            Files.write(list.findFirst().orElseThrow(), new byte[] {1});
        }
        try (Repository repository = open(temporary.resolve("store"))) {
            StoreStats stats = repository.stats(needed::contains);
            assertThat(stats.chunks()).isEqualTo(50);
            assertThat(stats.reclaimableBytes()).isZero();
        }
    }
}
