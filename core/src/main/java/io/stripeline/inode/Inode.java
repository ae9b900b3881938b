package io.stripeline.inode;

/**
 * The attributes of one inode, as statx(2) tells them. Immutable.
 *
 * @param id identity within the volume
 * @param mode kind and permission bits, as {@code st_mode}
 * @param nlink number of names
 * @param uid owner, unsigned 32 bit in an int
 * @param gid group, unsigned 32 bit in an int
 * @param sizeBytes length of a regular file or of a symlink's target; whatever the filesystem says for other kinds
 * @param blocks512 allocated units of 512 bytes
 * @param rdev device number of a device node as {@code makedev(major, minor)} of glibc, else 0
 * @param atime last access
 * @param mtime last change of content
 * @param ctime last change of the inode
 * @param btime birth, {@link Timestamp#EPOCH} where the filesystem does not tell
 */
public record Inode(
        InodeId id,
        int mode,
        int nlink,
        int uid,
        int gid,
        long sizeBytes,
        long blocks512,
        long rdev,
        Timestamp atime,
        Timestamp mtime,
        Timestamp ctime,
        Timestamp btime) {

    public FileType type() {
        return FileType.of(mode);
    }

    /** The twelve bits that chmod(2) sets. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return (mode & FileType.MASK) == FileType.DIRECTORY.bits();
    }

    public boolean isRegular() {
        return (mode & FileType.MASK) == FileType.REGULAR.bits();
    }

    /** True where this inode has, or may have, other names that are worth linking: not for directories. */
    public boolean isHardLinked() {
        return nlink > 1 && !isDirectory();
    }
}
