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
 * From inode to its first name on disk: an {@link InodeTable} of where version and path stand in a file of them, one
 * after the other.
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
    void put(InodeId id, int planned, Names.First first, long at) throws IOException {
        long where = at >= 0 ? at : append(first);
        table.put(
                id,
                new InodeTable.Value(where, (long) planned << 32 | first.path().length()));
    }

    /** What is remembered of an inode, which is forgotten here; null for one that is not in it. */
    @Nullable
    Names remove(InodeId id) throws IOException {
        InodeTable.Value value = table.remove(id);
        return value == null
                ? null
                : new Names((int) (value.second() >> 32), first(value.first(), (int) value.second()), value.first());
    }

    /** Inodes remembered. */
    long size() {
        return table.size();
    }

    private long append(Names.First first) throws IOException {
        long at = end;
        ByteBuffer bytes = ByteBuffer.allocate(Version.BYTES + first.path().length());
        first.version().put(bytes);
        InodeTable.store(paths, at, bytes.put(first.path().toBytes()).flip());
        end += bytes.capacity();
        return at;
    }

    private Names.First first(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Version.BYTES + length);
        InodeTable.load(paths, at, bytes);
        Version version = Version.get(bytes.rewind());
        byte[] path = new byte[length];
        bytes.get(path);
        return new Names.First(RawPath.of(path), version);
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
