package io.stripeline.inode;

import org.jspecify.annotations.Nullable;

/**
 * A directory as a walk reached it: its parent and its name. Rows and entries point to their directory instead of
 * carrying a path each, so that a million files of one directory share one object.
 *
 * <p>Immutable. Identity matters: one walk makes one object per directory it opens.
 */
public final class Dir {
    private final @Nullable Dir parent;
    private final byte[] name;
    private final int depth;

    private Dir(@Nullable Dir parent, byte[] name, int depth) {
        this.parent = parent;
        this.name = name;
        this.depth = depth;
    }

    /** The root of a walk; its path is empty, its depth 0. */
    public static Dir root() {
        return new Dir(null, new byte[0], 0);
    }

    /** A directory of this path, with new objects for all above it; for those who come from elsewhere than a walk. */
    public static Dir of(RawPath path) {
        Dir dir = root();
        for (byte[] name : path.components()) {
            dir = dir.child(name);
        }
        return dir;
    }

    /** A directory below this one. The array is kept, not copied: do not change it. */
    public Dir child(byte[] name) {
        return new Dir(this, name, depth + 1);
    }

    /** The directory that holds this one; null for the root. */
    public @Nullable Dir parent() {
        return parent;
    }

    /** One component without a slash, empty for the root. The array is shared: do not change it. */
    public byte[] name() {
        return name;
    }

    /** Number of components below the root. */
    public int depth() {
        return depth;
    }

    /** The path relative to the root of the walk. Built anew on each call. */
    public RawPath path() {
        return RawPath.of(join());
    }

    /** The path of {@code name} in this directory; of the directory itself for an empty name. */
    public RawPath path(byte[] name) {
        return path().child(name);
    }

    private byte[] join() {
        int length = 0;
        for (Dir d = this; d.parent != null; d = d.parent) {
            length += d.name.length + 1;
        }
        byte[] out = new byte[Math.max(0, length - 1)];
        int end = length - 1;
        for (Dir d = this; d.parent != null; d = d.parent) {
            System.arraycopy(d.name, 0, out, end - d.name.length, d.name.length);
            end -= d.name.length + 1;
            if (end >= 0) {
                out[end] = '/';
            }
        }
        return out;
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
