package io.stripeline.cli;

import io.stripeline.inode.InodeId;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Posix;
import io.stripeline.posix.StatxBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntFunction;

/** Identity of a directory, for a walk that must not enter it. */
final class Identity {
    private Identity() {}

    /**
     * The directory at {@code path}, which must be there; symlinks on the way are followed. Without a generation, so
     * that it equals what a walk sees.
     */
    static InodeId of(Path path) {
        return withOpen(path, fd -> {
            StatxBuffer stat = new StatxBuffer();
            Posix.statx(fd, StatxBuffer.BASIC_STATS, stat);
            return new InodeId(stat.dev(), 0, stat.ino());
        });
    }

    /** Asks something of the directory at {@code path}, which is open (O_PATH) meanwhile. */
    static <T> T withOpen(Path path, IntFunction<T> ask) {
        byte[] name = path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        int fd = Posix.openat(-1, name, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
        try {
            return ask.apply(fd);
        } finally {
            Posix.close(fd);
        }
    }
}
