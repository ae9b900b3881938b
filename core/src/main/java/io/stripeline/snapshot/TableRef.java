package io.stripeline.snapshot;

/**
 * Where a sorted table is.
 *
 * @param top the node above all others
 * @param level of that node; 0 where it holds the entries itself
 * @param entries in the table
 */
public record TableRef(BlobId top, int level, long entries) {
    static final int MAX_LEVEL = 7;

    public TableRef {
        if (level < 0 || level > MAX_LEVEL) {
            throw new FormatException("A table has levels 0 to " + MAX_LEVEL + ", not " + level);
        }
    }
}
