package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.dedup.blob.DirectoryBlobStore;
import io.stripeline.posix.Errno;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that nobody can read: when they may go, and that none is written. */
class CondemnedListsTest {
    @TempDir
    Path directory;

    private Path store;

    @BeforeEach
    void fill() {
        store = directory.resolve("store");
        byte[] path = store.toString().getBytes(StandardCharsets.UTF_8);
        try (Repository repository = Repository.init(DirectoryBlobStore.make(path), StoreConfig.create(0));
                WriteSession session = repository.begin(List.of())) {
            session.put(BlobKind.DATA, ByteBuffer.wrap(new byte[5000]));
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        }
    }

    /** What the process lacks says nothing of the pack: the list may be the only one to name it. */
    @ParameterizedTest
    @ValueSource(ints = {Errno.EMFILE, Errno.ENOMEM, Errno.EINTR})
    void aDamagedListStaysWhereOnePackWasNotProved(int errno) throws Exception {
        Path list = Files.createDirectories(store.resolve("condemned")).resolve("0123456789abcdef0123456789abcdef");
        Files.write(list, new byte[] {1, 2, 3});
        FaultyBlobs blobs =
                new FaultyBlobs(DirectoryBlobStore.open(store), name -> name.startsWith("packs/"), errno, 1, 1);
        try (Repository repository = Repository.open(blobs)) {
            repository.check(true, finding -> {});
        }
        assertThat(blobs.reads.get()).isPositive();
        assertThat(list).exists();
        try (Repository repository = Repository.open(DirectoryBlobStore.open(store))) {
            repository.check(true, finding -> {});
        }
        assertThat(list).doesNotExist();
    }

    @Test
    void soManyPacksAreInSeveralListsThatEveryoneCanRead() {
        List<BlobId> packs = new ArrayList<>();
        for (int i = 0; i < 400_000; i++) {
            packs.add(BlobId.of(ByteBuffer.allocate(BlobId.BYTES).putInt(i).array(), 0));
        }
        try (DirectoryBlobStore blobs = DirectoryBlobStore.open(store)) {
            Condemned.write(blobs, packs);
            Condemned read = Condemned.read(blobs);
            assertThat(read.unreadable()).isEmpty();
            assertThat(packs).allMatch(read::hasAll);
        }
    }
}
