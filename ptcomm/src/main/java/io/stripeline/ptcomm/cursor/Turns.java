package io.stripeline.ptcomm.cursor;

import io.stripeline.FileSystemId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One after the other: jobs of this host that ask a filesystem's log where it stands, or tell it what it may forget. The
 * number of a turn says which of two positions is the older one, which only their source could tell else. A file a
 * filesystem, so that one that does not answer holds up no job of another.
 */
final class Turns {
    /** What is done in a turn. */
    interface Turn<T> {
        /**
         * Runs while nobody else has a turn.
         *
         * @param number greater than that of each turn before
         */
        T run(long number) throws IOException;
    }

    /** Locks of files hold off other processes, not other threads. */
    private static final Object HERE = new Object();

    private Turns() {}

    static <T> T take(Path directory, FileSystemId id, Turn<T> turn) throws IOException {
        synchronized (HERE) {
            try (FileChannel file = FileChannel.open(
                            directory.resolve("log-" + id + ".turn"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    FileLock held = file.lock()) {
                assert held.isValid();
                ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
                long last = file.read(number, 0) == Long.BYTES ? number.getLong(0) : 0;
                // the clock makes up for a file that was removed
                long next = Math.max(last + 1, System.currentTimeMillis() * 1000);
                file.write(ByteBuffer.allocate(Long.BYTES).putLong(0, next), 0);
                return turn.run(next);
            }
        }
    }
}
