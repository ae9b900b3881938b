package io.stripeline.ptcomm.cursor;

/** What a cursor keeps of a job as a whole: entries of its table of directories that no directory can have. */
public enum Mark {
    /** What the job was told to save, by the plugin command and the configuration file together. */
    SELECTION,
    /** The filesystem that holds the top of a tree. */
    TREE,
    /** Something was mounted below a tree. */
    MOUNTS
}
