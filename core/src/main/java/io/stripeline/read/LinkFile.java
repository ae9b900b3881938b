package io.stripeline.read;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.spill.InodeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * From inode to path on disk: an {@link InodeTable} of where the path stands in a file of paths, one after the other.
 * The table's second number is names planned (upper half) and length of the path (lower half).
 */
final class LinkFile implements AutoCloseable {
    private final FileChannel paths;
    private final InodeTable table;
    private long end;

    private LinkFile(FileChannel paths, InodeTable table) {
        this.paths = paths;
        this.table = table;
    }

    static LinkFile open(Path directory) throws IOException {
        FileChannel paths = InodeTable.unnamed(directory);
        try {
            return new LinkFile(paths, InodeTable.open(directory));
        } catch (IOException failed) {
            paths.close();
            throw failed;
        }
    }

    /** Remembers an inode that is not in it; {@code at} where its path stands already, negative where it does not. */
    void put(InodeId id, int planned, RawPath path, long at) throws IOException {
        long where = at >= 0 ? at : append(path);
        table.put(id, new InodeTable.Value(where, (long) planned << 32 | path.length()));
    }

    /** What is remembered of an inode, which is forgotten here; null for one that is not in it. */
    @Nullable
    Names remove(InodeId id) throws IOException {
        InodeTable.Value value = table.remove(id);
        return value == null
                ? null
                : new Names((int) (value.second() >> 32), path(value.first(), (int) value.second()), value.first());
    }

    /** Inodes remembered. */
    long size() {
        return table.size();
    }

    private long append(RawPath path) throws IOException {
        long at = end;
        InodeTable.store(paths, at, ByteBuffer.wrap(path.toBytes()));
        end += path.length();
        return at;
    }

    private RawPath path(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        InodeTable.load(paths, at, bytes);
        return RawPath.of(bytes.array());
    }

    @Override
    public void close() {
        try (table) {
            paths.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
