package io.stripeline.dedup.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every blob store must hold. */
abstract class BlobStoreContract {
    abstract BlobStore store();

    private static List<String> names(BlobStore store, String folder) {
        List<String> out = new ArrayList<>();
        store.list(folder, entry -> out.add(entry.name() + "=" + entry.sizeBytes()));
        out.sort(null);
        return out;
    }

    @Test
    void createsReadsListsDeletes() {
        try (BlobStore store = store()) {
            assertThat(names(store, "packs")).isEmpty();
            assertThat(store.createNew("packs/aa/1", new byte[] {1, 2, 3})).isTrue();
            assertThat(store.createNew("packs/ab/2", new byte[0])).isTrue();
            assertThat(names(store, "packs")).containsExactly("packs/aa/1=3", "packs/ab/2=0");
            byte[] part = new byte[4];
            assertThat(store.read("packs/aa/1", 1, part, 1, 3)).isEqualTo(2);
            assertThat(part).containsExactly(0, 2, 3, 0);
            assertThat(store.read("packs/aa/1", 10)).containsExactly(1, 2, 3);
            store.delete("packs/aa/1");
            store.delete("packs/aa/1");
            assertThat(names(store, "packs")).containsExactly("packs/ab/2=0");
        }
    }

    @Test
    void errorsNameWhatIsMissingOrTooLong() {
        try (BlobStore store = store()) {
            store.createNew("config", new byte[100]);
            assertThatThrownBy(() -> store.read("roots/1", 10))
                    .isInstanceOfSatisfying(
                            PosixException.class,
                            failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT));
            assertThatThrownBy(() -> store.sizeBytes("roots/1")).hasMessageContaining("roots/1");
            assertThatThrownBy(() -> store.read("config", 99)).hasMessageContaining("EFBIG");
            assertThatThrownBy(() -> store.read("../config", 99)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void createsOnceReplacesAlways() {
        try (BlobStore store = store()) {
            assertThat(store.createNew("roots/1", new byte[] {1})).isTrue();
            assertThat(store.createNew("roots/1", new byte[] {2})).isFalse();
            assertThat(store.read("roots/1", 9)).containsExactly(1);
            store.replace("roots/1", new byte[] {3, 4});
            store.replace("roots/2", new byte[] {5});
            assertThat(store.read("roots/1", 9)).containsExactly(3, 4);
            assertThat(names(store, "roots")).containsExactly("roots/1=2", "roots/2=1");
        }
    }

    @Test
    void whatIsNotCommittedIsNotThere() {
        try (BlobStore store = store()) {
            try (BlobWriter writer = store.create("packs/aa/1")) {
                writer.write(new byte[1 << 20], 0, 1 << 20);
                assertThat(names(store, "packs")).isEmpty();
            }
            try (BlobWriter writer = store.create("packs/aa/2")) {
                writer.write(new byte[3 << 19], 5, 1 << 20);
                writer.commit();
            }
            assertThat(names(store, "packs")).containsExactly("packs/aa/2=1048576");
        }
    }

    @Test
    void ofManyCreatorsOneSucceeds() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (BlobStore store = store()) {
            for (int round = 0; round < 10; round++) {
                String name = "roots/" + round;
                List<Future<Boolean>> tries = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    byte[] bytes = {(byte) i};
                    tries.add(threads.submit(() -> store.createNew(name, bytes)));
                }
                int won = 0;
                for (Future<Boolean> each : tries) {
                    won += each.get() ? 1 : 0;
                }
                assertThat(won).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
