package io.stripeline.snapshot;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import java.util.Arrays;

/** Keys of the two tables (section 4 of the format). */
final class Keys {
    static final int INODE_BYTES = 20;

    private Keys() {}

    /** The directory key of a path: {@code /} becomes 0x00. */
    static byte[] of(RawPath path) {
        return ofBytes(path.toBytes());
    }

    private static byte[] ofBytes(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '/') {
                bytes[i] = 0;
            }
        }
        return bytes;
    }

    static RawPath path(byte[] key) {
        byte[] bytes = key.clone();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                bytes[i] = '/';
            }
        }
        return RawPath.of(bytes);
    }

    /** The key of a name below the directory of {@code key}; the directory itself for an empty name. */
    static byte[] child(byte[] key, byte[] name) {
        if (name.length == 0) {
            return key;
        }
        int from = key.length == 0 ? 0 : key.length + 1;
        byte[] out = Arrays.copyOf(key, from + name.length);
        System.arraycopy(name, 0, out, from, name.length);
        return out;
    }

    /** The key of a further part of a directory. */
    static byte[] part(byte[] key, byte[] names, int from, int length) {
        byte[] out = Arrays.copyOf(key, key.length + 2 + length);
        System.arraycopy(names, from, out, key.length + 2, length);
        return out;
    }

    /** Length of the directory key at the start of the key of a part. */
    static int directoryLength(byte[] partKey) {
        for (int i = 0; i + 1 < partKey.length; i++) {
            if (partKey[i] == 0 && partKey[i + 1] == 0) {
                return i;
            }
        }
        return partKey.length;
    }

    static byte[] inode(int filesystem, long high, long low) {
        byte[] out = new byte[INODE_BYTES];
        for (int i = 0; i < 4; i++) {
            out[i] = (byte) (filesystem >> 24 - 8 * i);
        }
        for (int i = 0; i < 8; i++) {
            out[4 + i] = (byte) (high >> 56 - 8 * i);
            out[12 + i] = (byte) (low >> 56 - 8 * i);
        }
        return out;
    }

    /** The first key after that of the directory and everything below it; null where there is none. */
    static byte[] afterSubtree(byte[] key) {
        // below: key 0x00 ...; the next sibling differs by a byte of at least 0x01 in that place
        byte[] out = Arrays.copyOf(key, key.length + 1);
        out[key.length] = 1;
        return out;
    }

    static boolean isBelowOrEqual(byte[] key, byte[] top) {
        return top.length == 0
                || (key.length >= top.length
                        && Arrays.equals(key, 0, top.length, top, 0, top.length)
                        && (key.length == top.length || key[top.length] == 0));
    }

    /** The directory object of a key, sharing what it can with {@code last}, the directory of {@code lastKey}. */
    static Dir directory(byte[] key) {
        Dir dir = Dir.root();
        int from = 0;
        for (int i = 0; i <= key.length && key.length > 0; i++) {
            if (i == key.length || key[i] == 0) {
                dir = dir.child(Arrays.copyOfRange(key, from, i));
                from = i + 1;
            }
        }
        return dir;
    }
}
