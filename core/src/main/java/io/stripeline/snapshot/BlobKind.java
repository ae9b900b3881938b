package io.stripeline.snapshot;

/** What a blob is for; kinds are stored apart, so that listing a namespace reads no file data. */
public enum BlobKind {
    /** Content of files. */
    DATA,
    /** Directory blocks, tables, long attribute values, chunk lists. */
    META
}
