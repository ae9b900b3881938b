package io.stripeline.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sorted runs in temporary files, merged as they become many: {@link #MERGE_AT} of one size class become one of the next,
 * so that a million runs are some hundred files. Each costs a descriptor, and a buffer while it is read. Not thread-safe.
 */
final class SortedFiles implements AutoCloseable {
    private static final int MERGE_AT = 32;

    private final Path temporary;
    /** Files by size class: each of class n + 1 was merged from {@link #MERGE_AT} of class n. Older first. */
    private final List<List<FileRun>> files = new ArrayList<>();

    /** @param temporary directory for the files, whose names are removed at once */
    SortedFiles(Path temporary) {
        this.temporary = temporary;
    }

    /** Writes all rows that {@code rows} still gives. */
    void write(RowRun rows) {
        add(0, FileRun.write(temporary, rows));
    }

    private void add(int sizeClass, FileRun file) {
        if (files.size() == sizeClass) {
            files.add(new ArrayList<>());
        }
        List<FileRun> same = files.get(sizeClass);
        same.add(file);
        if (same.size() == MERGE_AT) {
            FileRun merged = FileRun.write(
                    temporary, MergedRun.of(same.stream().map(FileRun::rows).toList()));
            same.forEach(FileRun::close);
            same.clear();
            add(sizeClass + 1, merged);
        }
    }

    /** All runs, older ones first. They may be read several times, by one reader at a time. */
    List<RowRun> runs() {
        List<RowRun> all = new ArrayList<>();
        for (int sizeClass = files.size() - 1; sizeClass >= 0; sizeClass--) {
            files.get(sizeClass).forEach(file -> all.add(file.rows()));
        }
        return all;
    }

    @Override
    public void close() {
        files.forEach(same -> same.forEach(FileRun::close));
        files.clear();
    }
}
