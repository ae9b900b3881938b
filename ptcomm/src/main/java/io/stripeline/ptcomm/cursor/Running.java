package io.stripeline.ptcomm.cursor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A job that is at work, and where its change sources stood when it began: what it will leave is needed before it is there.
 * The file is locked while its process lives, so that one of a process that died is known.
 */
final class Running implements AutoCloseable {
    static final String SUFFIX = ".running";

    /** Of this process: here a lock is no obstacle, and whoever looks at it would drop it. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel file;

    private Running(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    static Running open(Path path) throws IOException {
        FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            file.lock();
            OURS.add(path.toAbsolutePath());
            return new Running(path, file);
        } catch (IOException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    /** Replaces what it says; in a turn, so that nobody reads half of it. */
    void write(ByteBuffer record) throws IOException {
        file.truncate(0);
        for (long at = 0; record.hasRemaining(); ) {
            at += file.write(record, at);
        }
    }

    /** False where the process died, and then it is removed. */
    static boolean isAlive(Path path) throws IOException {
        if (OURS.contains(path.toAbsolutePath())) {
            return true;
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock free = file.tryLock()) {
            if (free != null) {
                Files.deleteIfExists(path);
            }
            return free == null;
        } catch (NoSuchFileException ended) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
            file.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            OURS.remove(path.toAbsolutePath());
        }
    }
}
