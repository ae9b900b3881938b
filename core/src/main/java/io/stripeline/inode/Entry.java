package io.stripeline.inode;

/**
 * One name in the namespace with everything known of it: where it is, its inode, and what enrichment added.
 *
 * <p>Immutable; the name's array is shared: do not change it. The root of a volume is the entry whose {@code dir} is
 * the root and whose name is empty.
 *
 * @param dir the directory that holds the name
 * @param name one component without a slash; empty for the root itself
 * @param inode attributes as of the moment the entry was read
 * @param attributes xattrs, link target, flags, layout
 */
public record Entry(Dir dir, byte[] name, Inode inode, Attributes attributes) {
    /** The path relative to the volume's root. Built anew on each call. */
    public RawPath path() {
        return dir.path(name);
    }

    public Entry with(Attributes attributes) {
        return new Entry(dir, name, inode, attributes);
    }

    public Entry with(Inode inode) {
        return new Entry(dir, name, inode, attributes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry
                && path().equals(((Entry) other).path())
                && inode.equals(((Entry) other).inode)
                && attributes.equals(((Entry) other).attributes);
    }

    @Override
    public int hashCode() {
        return path().hashCode();
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
