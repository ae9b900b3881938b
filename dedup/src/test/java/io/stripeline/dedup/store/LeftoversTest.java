package io.stripeline.dedup.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.BlobWriter;
import io.stripeline.dedup.blob.DirectoryBlobStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What crashed writers left goes; what a writer at work on any machine may own stays. */
class LeftoversTest {
    @TempDir
    Path temporary;

    private BlobStore store;
    private long now = -5;

    @BeforeEach
    void open() {
        store = StoreDirectory.below(temporary).make();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private int sweep() throws Exception {
        return sweep("boot-1");
    }

    private int sweep(String boot) throws Exception {
        return new Leftovers(store, temporary.resolve("cache"), boot, () -> now).sweep("f0");
    }

    private void hours(int hours) {
        now += Duration.ofHours(hours).toNanos();
    }

    private Path leave(String folder, int bytes) throws Exception {
        Path made = Files.createDirectories(temporary.resolve("store").resolve(folder));
        String digits = String.format("%024x", made.hashCode() & 0xFFFFFFFFL);
        return Files.write(made.resolve(".tmp-" + digits), new byte[bytes]);
    }

    private List<String> unfinished() {
        List<String> out = new ArrayList<>();
        store.listUnfinished(entry -> out.add(entry.name()));
        return out;
    }

    @Test
    void whatACrashLeftGoesAfterADay() throws Exception {
        Path pack = leave("packs/aa", 1000);
        Path root = leave("roots", 10);
        Path config = leave("", 7);
        Files.writeString(temporary.resolve("store/packs/.tmp-mine"), "not of ours");
        store.createNew("sessions/0a", new byte[] {1}); // of the writer that crashed: nobody renews it
        assertThat(unfinished()).hasSize(3);
        assertThat(sweep()).isZero();
        hours(23);
        assertThat(sweep()).isZero();
        hours(1);
        assertThat(sweep()).isEqualTo(3);
        assertThat(pack).doesNotExist();
        assertThat(root).doesNotExist();
        assertThat(config).doesNotExist();
        assertThat(temporary.resolve("store/packs/.tmp-mine")).exists();
    }

    @Test
    void whatMayBelongToASessionThatIsRenewedStays() throws Exception {
        Path pack = leave("packs/aa", 1000);
        store.createNew("sessions/0a", new byte[] {1});
        assertThat(sweep()).isZero();
        hours(25);
        store.replace("sessions/0a", new byte[] {2}); // by its writer, on whatever machine
        assertThat(sweep()).isZero();
        hours(25);
        store.replace("sessions/0a", new byte[] {3});
        assertThat(sweep()).isZero();
        assertThat(pack).exists();
        store.delete("sessions/0a"); // it ended: what it left is nobody's, once a day has passed
        hours(25);
        assertThat(sweep()).isEqualTo(1);
    }

    @Test
    void whatGrowsOrIsNewStays() throws Exception {
        Path pack = leave("packs/aa", 1000);
        assertThat(sweep()).isZero();
        hours(30);
        Files.write(pack, new byte[2000]);
        Path later = leave("packs/ab", 5);
        assertThat(sweep()).isZero();
        assertThat(pack).exists();
        assertThat(later).exists();
    }

    @Test
    void anObservationOfAnotherBootOrATornOneCountsForNothing() throws Exception {
        leave("packs/aa", 1000);
        assertThat(sweep("boot-1")).isZero();
        hours(100);
        assertThat(sweep("boot-2")).isZero();
        hours(100);
        Path seen = temporary.resolve("cache/unfinished");
        String text = Files.readString(seen);
        for (int length = 1; length < text.length() - 1; length += 7) {
            Files.writeString(seen, text.substring(0, text.length() - 1 - length));
            int removed = sweep("boot-2");
            assertThat(removed).as("torn at %s", text.length() - 1 - length).isZero();
        }
    }

    @Test
    void aWriterWhoseFileIsTakenAwayFails() {
        try (BlobWriter writer = store.create("packs/aa/1")) {
            writer.write(new byte[10], 0, 10);
            unfinished().forEach(store::deleteUnfinished);
            org.assertj.core.api.Assertions.assertThatThrownBy(writer::commit).hasMessageContaining("ENOENT");
        } catch (io.stripeline.posix.PosixException goneAlready) {
            assertThat(goneAlready).hasMessageContaining("ENOENT");
        }
        List<String> objects = new ArrayList<>();
        store.list("packs", entry -> objects.add(entry.name()));
        assertThat(objects).isEmpty();
    }

    @Test
    void aCommittedBackupLooksForThem() throws Exception {
        leave("packs/aa", 1000);
        System.setProperty("stripeline.cache", temporary.resolve("home").toString());
        try (Repository repository =
                        Repository.init(DirectoryBlobStore.open(temporary.resolve("store")), StoreConfig.create(1));
                WriteSession session = repository.begin(List.of())) {
            session.commitRoot(RootKind.SNAPSHOT, new byte[] {1});
        } finally {
            System.clearProperty("stripeline.cache");
        }
        try (var seen = Files.walk(temporary.resolve("home"))) {
            assertThat(seen.filter(file -> file.endsWith("unfinished"))).hasSize(1);
        }
    }
}
