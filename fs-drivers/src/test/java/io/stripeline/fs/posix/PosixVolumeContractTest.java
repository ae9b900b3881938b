package io.stripeline.fs.posix;

import io.stripeline.Volume;
import io.stripeline.testkit.DiskFacts;
import io.stripeline.testkit.DiskTree;
import io.stripeline.testkit.Tree;
import io.stripeline.testkit.TreeFacts;
import io.stripeline.testkit.VolumeContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The POSIX driver keeps the contract of volumes, on the filesystem of the temporary directory. */
class PosixVolumeContractTest extends VolumeContract {
    @TempDir
    Path dir;

    @Override
    protected Volume volume(Tree tree) {
        try {
            Path root = Files.createTempDirectory(dir, "volume");
            DiskTree.create(root, tree);
            return PosixVolume.open(root);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    protected TreeFacts facts(Volume volume) {
        return DiskFacts.of(volume.root());
    }

    @Override
    protected void replace(Volume volume, String path, Tree node) {
        DiskTree.replace(volume.root(), path, node);
    }

    @Override
    protected void remove(Volume volume, String path) {
        DiskTree.remove(volume.root(), path);
    }

    /** Names that a java.nio path cannot hold would stop the removal of the temporary directory. */
    @AfterEach
    void clear() {
        DiskTree.clear(dir);
    }
}
