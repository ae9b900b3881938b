package io.stripeline.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.Shard;
import io.stripeline.dedup.DedupStore;
import io.stripeline.dedup.NoSuchSnapshotException;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreExamplesTest {
    @TempDir
    private Path work;

    private Path tree;
    private Path store;

    @BeforeEach
    void tree() throws Exception {
        tree = Files.createDirectory(work.resolve("tree"));
        store = work.resolve("store");
        for (int i = 0; i < 20; i++) {
            Path dir = Files.createDirectory(tree.resolve("dir" + i));
            Files.writeString(dir.resolve("small"), "small " + i);
            Files.write(dir.resolve("large"), new byte[200_000 + i]);
        }
        Files.createLink(tree.resolve("twin of large"), tree.resolve("dir3/large"));
    }

    @Test
    void shardsMakeASetAndAFilteredRestoreLeavesOutWhatIsLarge() throws Exception {
        for (int i = 1; i <= 3; i++) {
            Report report = ShardBackup.backUp(tree, store, new Shard(i, 3, Shard.By.SUBTREE), "nightly");
            assertThat(report.isComplete()).as("shard " + i).isTrue();
            assertThat(report.id()).isNotEmpty();
        }
        Path target = Files.createDirectory(work.resolve("target"));
        Report report = FilteredRestore.restore(
                store,
                target,
                entry -> !entry.inode().isRegular() || entry.inode().sizeBytes() < 100_000);
        assertThat(report.isComplete()).as(report.problems().toString()).isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(target.resolve("dir" + i + "/small")).hasContent("small " + i);
            assertThat(target.resolve("dir" + i + "/large")).doesNotExist();
        }
        assertThat(target.resolve("twin of large")).doesNotExist();
    }

    @Test
    void aSetThatLacksAShardIsNotTheLatest() {
        ShardBackup.backUp(tree, store, new Shard(1, 2, Shard.By.SUBTREE), "torn");
        try (DedupStore open = DedupStore.open(store)) {
            assertThatThrownBy(() -> open.find("latest", Job.start()))
                    .isInstanceOf(NoSuchSnapshotException.class)
                    .hasMessageContaining("torn");
        }
    }
}
