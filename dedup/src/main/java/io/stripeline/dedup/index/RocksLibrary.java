package io.stripeline.dedup.index;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;

/**
 * The native library of RocksDB, loaded at the first need. Tried once a process: RocksDB waits for ever when it is asked
 * again after a library that could not be linked, as from a temporary directory that is mounted noexec.
 */
final class RocksLibrary {
    private static boolean tried;
    private static @Nullable String failure;

    private RocksLibrary() {}

    static synchronized void load() throws IOException {
        if (!tried) {
            tried = true;
            try {
                RocksDB.loadLibrary();
            } catch (RuntimeException | LinkageError cannot) {
                Throwable cause = cannot.getCause() == null ? cannot : cannot.getCause();
                failure = "the library of RocksDB cannot be loaded: " + cause.getMessage();
            }
        }
        if (failure != null) {
            throw new IOException(failure);
        }
    }
}
