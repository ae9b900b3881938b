package io.stripeline.dedup.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A locked file: of all processes of this machine one holds it, and one holder in that. Ends with its process. */
final class CacheLock implements AutoCloseable {
    /**
     * Of this process. A process loses its lock on a file when it closes any descriptor of it (fcntl(2)), so one that is
     * held is not opened again.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;
    private boolean closed;

    private CacheLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock at once; throws where somebody has it. */
    static CacheLock take(Path directory) throws IOException {
        Path file = directory.toRealPath().resolve("lock");
        if (!HELD.add(file)) {
            throw new IOException(directory + " is in use by this process");
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            taken = channel.tryLock() != null;
            if (!taken) {
                throw new IOException(directory + " is in use by another process");
            }
            return new CacheLock(file, channel);
        } finally {
            if (!taken) {
                release(file, channel);
            }
        }
    }

    private static void release(Path file, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(file);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) { // later this process may hold it again
            closed = true;
            release(file, channel);
        }
    }
}
