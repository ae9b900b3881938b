package io.stripeline.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.flow.Report;
import io.stripeline.posix.Processes;
import io.stripeline.slab.SlabPool;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Ext4Image;
import io.stripeline.testkit.HostileTree;
import io.stripeline.testkit.OrdinaryUser;
import io.stripeline.testkit.Slabs;
import io.stripeline.testkit.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Disk, scan, reader, store, writer, disk: everything that backups trip over comes back in every field. */
@Timeout(300)
class HostileTreeTest {
    @TempDir
    Path dir;

    /** The cases of a user, also run as one by the test around them. */
    static class AsUser {
        @TempDir
        Path dir;

        @Test
        void everythingOfAUserComesBack() throws IOException {
            try {
                assertComesBack(dir, HostileTree.ofAnyUser());
            } finally {
                DiskTree.clear(dir);
            }
        }
    }

    @AfterEach
    void clear() {
        DiskTree.clear(dir);
    }

    @Test
    void everythingOfAUserComesBack() throws Exception {
        OrdinaryUser.run(AsUser.class);
    }

    @Test
    void everythingOfRootComesBackOnExt4() throws Exception {
        assumeTrue(Processes.isRoot(), "owners, devices and flags need root");
        Path mount = Files.createDirectory(dir.resolve("mount"));
        try (Ext4Image ext4 = Ext4Image.withProjects(dir.resolve("image"), mount)) {
            assertComesBack(mount, HostileTree.ofRoot(ext4.hasProjects()));
            DiskTree.clear(mount);
        }
    }

    private static void assertComesBack(Path dir, Tree tree) throws IOException {
        Path from = Files.createDirectory(dir.resolve("from"));
        Path to = Files.createDirectory(dir.resolve("to"));
        DiskTree.create(from, tree);
        SlabPool slabs = Slabs.pool(64, 64 << 10);
        try (DedupStore store = DedupStore.openOrCreate(dir.resolve("store"))) {
            assertThat(backup(store, from, slabs).problems()).isEmpty();
            assertThat(restore(store, to, slabs).problems()).isEmpty();
        }
        DiskFacts.of(from).assertSame(DiskFacts.of(to));
    }

    private static Report backup(DedupStore store, Path from, SlabPool slabs) {
        try (Volume volume = FileSystemDriver.openBest(from)) {
            return StoredTree.backup(store, volume, BackupOptions.standard(), slabs, Job.start());
        }
    }

    private static Report restore(DedupStore store, Path to, SlabPool slabs) {
        Job job = Job.start();
        try (Volume volume = FileSystemDriver.openBest(to)) {
            return StoredTree.restore(store, store.find("latest", job), volume, slabs, job);
        }
    }
}
