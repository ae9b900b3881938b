package io.stripeline.snapshot;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of a snapshot in any order and writes its tables.
 *
 * <p>A parallel walk finishes directories in any order and does not say when, so rows are gathered by directory in
 * memory; what exceeds the room goes to sorted temporary files (removed from the directory as soon as they are open, so
 * that a crash leaves none), and {@link #write()} merges them into parts and tables in one pass. Of several rows of one
 * name the last one counts. Memory: the room given, plus one part, plus 64 KiB per temporary file.
 *
 * <p>One thread at a time; blocks. {@link #close()} in every case.
 */
public final class SnapshotWriter implements AutoCloseable {
    private static final int DIRECTORY_BYTES = 300;

    /** Longest path of a directory whose rows can be kept; the keys of its further parts have a name beside it. */
    public static final int MAX_DIRECTORY_BYTES = TableWriter.MAX_KEY_BYTES - 4096;

    /**
     * How a writer works.
     *
     * @param memoryBytes room for rows that wait to be sorted, at least 1 MiB
     * @param content false for a snapshot of names only
     * @param atime keep access times, which makes every read file look changed
     */
    public record Options(long memoryBytes, boolean content, boolean atime) {
        /** Content, no access times, and a sixteenth of the heap but at most 64 MiB. */
        public static Options defaults() {
            return new Options(
                    Math.max(4 << 20, Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 16)), true, false);
        }

        public Options memoryBytes(long room) {
            return new Options(room, content, atime);
        }

        public Options content(boolean keep) {
            return new Options(memoryBytes, keep, atime);
        }

        public Options atime(boolean keep) {
            return new Options(memoryBytes, content, keep);
        }
    }

    private final BlobSink blobs;
    private final Path temporary;
    private final Options options;
    private final IdentityHashMap<Dir, RowBuffer> byDirectory = new IdentityHashMap<>();
    private final TreeMap<byte[], RowBuffer> byKey = new TreeMap<>(Arrays::compareUnsigned);
    private final SortedFiles files;

    private final Encoder extra = new Encoder(256);
    private @Nullable Dir lastDir;
    private @Nullable RowBuffer lastRows;
    private long weight;
    private Counts counts = Counts.ZERO;

    /**
     * @param blobs takes blocks; called on the thread of this writer
     * @param temporary directory for temporary files; must exist
     */
    public SnapshotWriter(BlobSink blobs, Path temporary, Options options) {
        this.blobs = blobs;
        this.temporary = temporary;
        this.files = new SortedFiles(temporary);
        this.options = options;
    }

    /** True where rows of a directory can be kept; false where its path is longer than {@link #MAX_DIRECTORY_BYTES}. */
    public static boolean holds(Dir dir) {
        long length = -1;
        for (Dir at = dir; at.depth() > 0 && length <= MAX_DIRECTORY_BYTES; at = Objects.requireNonNull(at.parent())) {
            length += at.name().length + 1L;
        }
        return length <= MAX_DIRECTORY_BYTES;
    }

    /**
     * Adds a row, of a directory that {@link #holds} says can be kept. {@code filesystem} is its number in {@link FileSystems}.
     */
    public void add(Entry entry, int filesystem, RowState state, Content content) {
        extra.clear();
        Extra.encode(extra, entry.attributes(), blobs);
        add(entry, filesystem, extra.array(), 0, extra.size(), state, content);
    }

    /**
     * Adds a row whose attributes are those of a known row, of a snapshot whose blobs are in the same store; {@code
     * entry}'s own attributes are not looked at.
     */
    public void addSame(Entry entry, int filesystem, Rows known, int row, RowState state, Content content) {
        int from = known.extraFrom(row);
        add(entry, filesystem, known.extraArray(), from, known.extraTo(row) - from, state, content);
    }

    private void add(
            Entry entry, int filesystem, byte[] extras, int from, int length, RowState state, Content content) {
        RowBuffer rows = rows(entry.dir());
        long before = rows.weight();
        rows.add(entry.name(), entry.inode(), options.atime(), filesystem, extras, from, length, state, content);
        weight += rows.weight() - before;
        boolean file = entry.inode().isRegular();
        counts = counts.plus(new Counts(
                1,
                entry.inode().isDirectory() ? 1 : 0,
                file ? 1 : 0,
                file ? entry.inode().sizeBytes() : 0,
                state.outcome() == RowState.Kept.CHANGED ? 1 : 0,
                state.outcome() == RowState.Kept.FAILED ? 1 : 0));
        if (weight > options.memoryBytes() || rows.isFull()) {
            spill();
        }
    }

    /** Marks a directory that could not be listed to its end: names may be missing. */
    public void incomplete(Dir dir) {
        RowBuffer rows = rows(dir);
        long before = rows.weight();
        rows.addMark(PartWriter.INCOMPLETE_MARK);
        weight += rows.weight() - before;
        counts = counts.plus(new Counts(0, 0, 0, 0, 0, 1));
    }

    /** The content of a row that is one more name of the inode at {@code first}. */
    public Content link(RawPath first) {
        return Content.link(Keys.of(first), blobs);
    }

    private RowBuffer rows(Dir dir) {
        if (dir == lastDir && lastRows != null) {
            return lastRows;
        }
        RowBuffer rows = byDirectory.get(dir);
        if (rows == null) {
            if (!holds(dir)) {
                throw new IllegalArgumentException("The path of a directory is longer than a snapshot holds");
            }
            byte[] key = Keys.of(dir.path());
            rows = byKey.get(key);
            if (rows == null) {
                rows = new RowBuffer();
                byKey.put(key, rows);
                weight += rows.weight() + key.length;
            }
            byDirectory.put(dir, rows);
            weight += DIRECTORY_BYTES;
        }
        lastDir = dir;
        lastRows = rows;
        return rows;
    }

    private RowRun inMemory() {
        return new MemoryRun(new ArrayList<>(byKey.entrySet()));
    }

    private void spill() {
        files.write(inMemory());
        byDirectory.clear();
        byKey.clear();
        lastDir = null;
        lastRows = null;
        weight = 0;
    }

    /** Totals of the rows so far; a name that came twice is counted twice. */
    public Counts counts() {
        return counts;
    }

    /**
     * Writes the tables of all rows so far. May be called again after more rows: what did not change between is the same
     * blobs.
     */
    public Tables write() {
        List<RowRun> all = files.runs();
        all.add(inMemory());
        int inodeBytes = (int) Math.max(1 << 20, Math.min(16 << 20, options.memoryBytes() / 4));
        try (InodeSorter inodes = new InodeSorter(temporary, inodeBytes)) {
            PartWriter parts = new PartWriter(blobs, options.content(), inodes);
            parts.writeAll(MergedRun.of(all));
            return new Tables(parts.finish(), inodes.finish(blobs));
        }
    }

    /** Removes temporary files. */
    @Override
    public void close() {
        files.close();
        byDirectory.clear();
        byKey.clear();
    }
}
