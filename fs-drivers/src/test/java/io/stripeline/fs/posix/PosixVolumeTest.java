package io.stripeline.fs.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.FileSystemDriver;
import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.scan.ScanSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixVolumeTest {
    @TempDir
    Path temp;

    @Test
    void isFoundAndScans() throws Exception {
        Files.createFile(temp.resolve("f"));
        try (Volume volume = FileSystemDriver.openBest(temp)) {
            assertThat(volume.root()).isEqualTo(temp);
            List<InodeBatch> batches =
                    volume.scan(ScanSpec.all(), Job.start()).collectList().block();
            assertThat(batches).singleElement().satisfies(batch -> {
                assertThat(batch.size()).isEqualTo(2);
                assertThat(batch.path(0).isRoot()).isTrue();
                assertThat(batch.path(1)).hasToString("f");
                assertThat(volume.fileSystemId(batch.device(1))).isEqualTo(volume.fileSystemId());
            });
        }
    }

    @Test
    void anIdentityIsTheSameTwiceAndDiffersFromOthers() {
        try (Volume one = PosixVolume.open(temp);
                Volume two = PosixVolume.open(temp.getParent());
                Volume proc = PosixVolume.open(Path.of("/proc"))) {
            assertThat(one.fileSystemId()).isEqualTo(two.fileSystemId()).isNotEqualTo(proc.fileSystemId());
            assertThatThrownBy(() -> one.fileSystemId(-7)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aRootMustBeADirectory() {
        assertThatThrownBy(() -> PosixVolume.open(temp.resolve("missing"))).hasMessageContaining("ENOENT");
    }
}
