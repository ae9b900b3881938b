package io.stripeline.snapshot;

/**
 * Totals of a snapshot.
 *
 * @param entries rows
 * @param directories rows that are directories
 * @param files rows that are regular files
 * @param fileBytes sum of their sizes
 * @param changed rows that changed while they were read
 * @param failed rows that could not be read, and directories that could not be listed to their end
 */
public record Counts(long entries, long directories, long files, long fileBytes, long changed, long failed) {
    public static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0);

    public Counts plus(Counts other) {
        return new Counts(
                entries + other.entries,
                directories + other.directories,
                files + other.files,
                fileBytes + other.fileBytes,
                changed + other.changed,
                failed + other.failed);
    }
}
