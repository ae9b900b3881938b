package io.stripeline.posix;

/** Record of getdents64(2), {@code struct linux_dirent64}: offsets of its fields, values of its type. */
public final class DirEntries {
    /** Inode number, 64 bit. */
    public static final int INO = 0;
    /** Length of the whole record, unsigned 16 bit. */
    public static final int RECORD_LENGTH = 16;
    /** One of DT_*, 8 bit. */
    public static final int TYPE = 18;
    /** The name, NUL-terminated. */
    public static final int NAME = 19;

    /** The filesystem does not tell the type in the listing. */
    public static final int DT_UNKNOWN = 0;

    public static final int DT_DIR = 4;
    public static final int DT_REG = 8;
    public static final int DT_LNK = 10;

    private DirEntries() {}
}
