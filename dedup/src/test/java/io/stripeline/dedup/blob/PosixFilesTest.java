package io.stripeline.dedup.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.posix.DirEntries;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.NativeMemory;
import io.stripeline.posix.Posix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixFilesTest {
    private static final int BUFFER_BYTES = 64 << 10;

    @TempDir
    Path directory;

    /** As XFS without ftype and some FUSE filesystems list. */
    @Test
    void directoriesAreKnownWhereTheListingGivesNoTypes() throws Exception {
        Files.createDirectory(directory.resolve("3f"));
        Files.createDirectory(directory.resolve("gone"));
        Files.write(directory.resolve("file"), new byte[1]);
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("3f"));
        ByteBuffer buffer = NativeMemory.allocate(BUFFER_BYTES);
        byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
        try (Fd fd = Fd.openat(Fcntl.AT_FDCWD, path, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            int n = Posix.tryGetdents(fd.number(), NativeMemory.address(buffer), BUFFER_BYTES);
            assertThat(PosixFiles.names(fd.number(), buffer, n))
                    .containsExactlyInAnyOrder("3f/", "gone/", "file", "link");
            for (int at = 0; at < n; at += buffer.getShort(at + DirEntries.RECORD_LENGTH) & 0xFFFF) {
                buffer.put(at + DirEntries.TYPE, (byte) DirEntries.DT_UNKNOWN);
            }
            Files.delete(directory.resolve("gone"));
            assertThat(PosixFiles.names(fd.number(), buffer, n))
                    .containsExactlyInAnyOrder("3f/", "gone", "file", "link");
        }
    }
}
