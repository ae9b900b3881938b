package io.stripeline.snapshot;

import io.stripeline.FileSystemId;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the names of inodes that have several, and gives them back inode by inode: for a restore that makes each
 * inode once and links its other names. Sorts outside of memory. One thread at a time; blocks; {@link #close()} in every
 * case.
 */
public final class LinkGroups implements AutoCloseable {
    private static final int MEMORY_BYTES = 4 << 20;

    /**
     * A name of an inode.
     *
     * @param path of the name
     * @param first true where the names of another inode end and this one's begin
     */
    public record Name(RawPath path, boolean first) {}

    private final InodeSorter sorter;
    private final List<FileSystemId> filesystems = new ArrayList<>();
    private @Nullable RowRun sorted;
    private byte[] last = new byte[0];

    /** @param temporary directory for temporary files, which are removed at once */
    public LinkGroups(Path temporary) {
        sorter = new InodeSorter(temporary, MEMORY_BYTES);
    }

    /** True for rows that belong here: anything but a directory with more than one name. */
    public static boolean isLinked(Row row) {
        return row.rows().nlink(row.index()) > 1 && !row.isDirectory();
    }

    /** Adds a row, of any shard of a set. */
    public void add(Row row) {
        FileSystemId id = row.fileSystemId();
        int number = filesystems.indexOf(id);
        if (number < 0) {
            number = filesystems.size();
            filesystems.add(id);
        }
        sorter.directory(number, row.rows().idHigh(row.index()), row.rows().idLow(row.index()), Keys.of(row.path()));
    }

    /** The next name, in order of identity, then path; null at the end. No row may be added any more. */
    public @Nullable Name next() {
        RowRun run = sorted;
        if (run == null) {
            run = sorter.rows();
            sorted = run;
        }
        if (!run.next()) {
            return null;
        }
        boolean first = !Arrays.equals(last, run.key);
        last = run.key;
        byte[] key = Arrays.copyOfRange(run.bytes, run.nameStart, run.nameStart + run.nameLength);
        return new Name(Keys.path(key), first);
    }

    @Override
    public void close() {
        sorter.close();
    }
}
