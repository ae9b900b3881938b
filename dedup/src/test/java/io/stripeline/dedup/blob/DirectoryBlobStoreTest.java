package io.stripeline.dedup.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBlobStoreTest extends BlobStoreContract {
    @TempDir
    Path directory;

    @Override
    BlobStore store() {
        return DirectoryBlobStore.make(directory.resolve("store").toString().getBytes());
    }

    @Test
    void modesKeepOthersOut() throws Exception {
        try (BlobStore store = store()) {
            store.createNew("packs/aa/1", new byte[1]);
        }
        Path file = directory.resolve("store/packs/aa/1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        for (Path up = file.getParent(); !up.equals(directory); up = up.getParent()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(up)))
                    .isEqualTo("rwx------");
        }
    }
}
