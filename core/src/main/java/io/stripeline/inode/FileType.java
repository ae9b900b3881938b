package io.stripeline.inode;

/** The kinds of inode that {@code st_mode} knows (inode(7)). */
public enum FileType {
    FIFO(0010000),
    CHARACTER_DEVICE(0020000),
    DIRECTORY(0040000),
    BLOCK_DEVICE(0060000),
    REGULAR(0100000),
    SYMLINK(0120000),
    SOCKET(0140000);

    /** The bits of {@code st_mode} that hold the kind: {@code S_IFMT}. */
    public static final int MASK = 0170000;

    private static final FileType[] BY_BITS = new FileType[16];

    static {
        for (FileType type : values()) {
            BY_BITS[type.bits >> 12] = type;
        }
    }

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    /** The kind's bits as in {@code st_mode}. */
    public int bits() {
        return bits;
    }

    /** The kind in a {@code st_mode}; throws {@link IllegalArgumentException} where there is none. */
    public static FileType of(int mode) {
        FileType type = BY_BITS[(mode & MASK) >> 12];
        if (type == null) {
            throw new IllegalArgumentException("No file type in mode 0" + Integer.toOctalString(mode));
        }
        return type;
    }
}
