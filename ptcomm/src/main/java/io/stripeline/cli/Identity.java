package io.stripeline.cli;

import io.stripeline.inode.InodeId;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.StatxBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Identity of a directory, for a walk that must not enter it. */
final class Identity {
    private Identity() {}

    /**
     * The directory at {@code path}, which must be there; symlinks on the way are followed. Without a generation, so
     * that it equals what a walk sees.
     */
    static InodeId of(Path path) {
        byte[] name = path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        int fd = Posix.openat(-1, name, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
        try {
            StatxBuffer stat = new StatxBuffer();
            Posix.statx(fd, StatxBuffer.BASIC_STATS, stat);
            return new InodeId(stat.dev(), 0, stat.ino());
        } finally {
            Posix.close(fd);
        }
    }
}
