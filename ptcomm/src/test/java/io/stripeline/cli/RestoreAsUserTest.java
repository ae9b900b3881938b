package io.stripeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.dedup.Backup;
import io.stripeline.dedup.BackupOptions;
import io.stripeline.dedup.BackupSource;
import io.stripeline.dedup.DedupStore;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Outcome;
import io.stripeline.flow.Pipelines;
import io.stripeline.inode.Attributes;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.testkit.OrdinaryUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** What an ordinary user cannot bring back of a backup of root is counted in one line, and is no error unless asked. */
class RestoreAsUserTest {
    @Test
    void cases() throws Exception {
        OrdinaryUser.run(Cases.class);
    }

    static class Cases {
        private static final int FILES = 5;
        private static final Timestamp TIME = new Timestamp(1_500_000_000, 123_456_789);

        @TempDir
        Path work;

        private Path store;

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        private void entry(List<Item> items, String name, FileType type, int uid, Xattr... xattrs) throws Exception {
            Path tree = work.resolve("tree");
            boolean own = uid == (int) Files.getAttribute(tree, "unix:uid");
            Inode inode = new Inode(
                    new InodeId((long) Files.getAttribute(tree, "unix:dev"), 0, 1000 + items.size()),
                    type.bits() | (type == FileType.DIRECTORY ? 0755 : 0644),
                    1,
                    uid,
                    own ? (int) Files.getAttribute(tree, "unix:gid") : uid,
                    0,
                    0,
                    type == FileType.CHARACTER_DEVICE ? 0x103 : 0,
                    Timestamp.EPOCH,
                    TIME,
                    TIME,
                    TIME);
            items.add(new Item.Begin(new Entry(
                    Dir.root(), bytes(name), inode, new Attributes(new byte[0], List.of(xattrs), 0, 0, null))));
            items.add(new Item.End(inode, Outcome.OK, true));
        }

        /** A backup as root makes it: files of root and others, a trusted attribute, a device. */
        private void backUp() throws Exception {
            store = work.resolve("store");
            Path tree = Files.createDirectory(work.resolve("tree"));
            int user = (int) Files.getAttribute(tree, "unix:uid");
            List<Item> items = new ArrayList<>();
            entry(items, "", FileType.DIRECTORY, user);
            for (int i = 0; i < FILES; i++) {
                entry(items, "of-" + i, FileType.REGULAR, i);
            }
            entry(items, "own", FileType.REGULAR, user, new Xattr(bytes("trusted.x"), new byte[] {1}));
            entry(items, "null", FileType.CHARACTER_DEVICE, user);
            Job job = Job.start();
            try (Volume volume = FileSystemDriver.openBest(tree);
                    DedupStore made = DedupStore.openOrCreate(store);
                    Backup backup = made.backup(
                            BackupSource.of(volume), BackupOptions.standard(), DedupStore.Compare.STRICT, job)) {
                Pipelines.run(Flux.fromIterable(items), backup.sink()).block(Duration.ofSeconds(60));
            }
        }

        @Test
        void lossesAreOneLineAndNoError() throws Exception {
            backUp();
            Path to = work.resolve("to");
            Spoken spoken = Spoken.run("restore", store, "latest", "--to", to);
            assertThat(spoken.code()).as(spoken.toString()).isEqualTo(ExitCode.DONE);
            assertThat(spoken.err()).isEmpty();
            assertThat(spoken.out().lines().filter(line -> line.contains("EPERM") || line.contains("device")))
                    .singleElement()
                    .asString()
                    .startsWith("warnings   7 (")
                    .contains("5 x owner: EPERM", "1 x xattr trusted.*: EPERM", "1 x device");
            assertThat(to.resolve("of-0")).exists();
            assertThat(to.resolve("own")).exists();
            assertThat(to.resolve("null")).doesNotExist();
            assertThat(Files.getLastModifiedTime(to.resolve("of-0")).toInstant().getNano())
                    .isEqualTo(TIME.nanos());
        }

        @Test
        void aRequiredOwnerIsAnError() throws Exception {
            backUp();
            Spoken spoken = Spoken.run("restore", store, "latest", "--to", work.resolve("to"), "--require-owner");
            assertThat(spoken.code()).as(spoken.toString()).isEqualTo(ExitCode.INCOMPLETE);
            assertThat(spoken.err()).contains("of-0: the owner cannot be set").doesNotContain("trusted");
            assertThat(spoken.out()).contains("ERRORS     5 x owner: EPERM");
        }
    }
}
