package io.stripeline.change;

import io.stripeline.inode.InodeId;
import io.stripeline.spill.InodeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A set of byte strings on disk, by 192 bits of their SHA-256: memory is a slot whatever it holds, and no two strings meet
 * by accident. Thread-safe. Costs nothing while it is empty; once closed it is empty and takes nothing, for those who look
 * on after a cancel.
 */
final class PathSet implements AutoCloseable {
    private static final InodeTable.Value THERE = new InodeTable.Value(0, 0);

    private final Path directory;
    private final MessageDigest sha256;
    private @Nullable InodeTable table;
    private boolean closed;

    PathSet(Path directory) {
        this.directory = directory;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** False where it was there before. */
    synchronized boolean add(byte[] bytes) {
        if (closed) {
            return false;
        }
        InodeId key = key(bytes);
        try {
            if (table == null) {
                table = InodeTable.open(directory);
            }
            if (table.get(key) != null) {
                return false;
            }
            table.put(key, THERE);
            return true;
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be kept in " + directory, failed);
        }
    }

    synchronized boolean contains(byte[] bytes) {
        try {
            return table != null && table.get(key(bytes)) != null;
        } catch (IOException failed) {
            throw new UncheckedIOException("Changes cannot be kept in " + directory, failed);
        }
    }

    synchronized boolean isEmpty() {
        return table == null;
    }

    private InodeId key(byte[] bytes) {
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(bytes));
        return new InodeId(digest.getLong(), digest.getLong(), digest.getLong());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (table != null) {
            table.close();
            table = null;
        }
    }
}
