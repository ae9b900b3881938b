package io.stripeline.ptcomm.peer;

import io.stripeline.inode.RawPath;
import java.util.Arrays;

/** Names and texts as bytes. */
final class RawBytes {
    private static final int SHOWN = 255;

    private RawBytes() {}

    static byte[] join(byte[] first, byte[] second) {
        byte[] out = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, out, first.length, second.length);
        return out;
    }

    static boolean endsInSlash(byte[] name) {
        return name.length > 0 && name[name.length - 1] == '/';
    }

    static byte[] withoutSlashes(byte[] name) {
        int length = name.length;
        while (length > 0 && name[length - 1] == '/') {
            length--;
        }
        return Arrays.copyOf(name, length);
    }

    /** For messages. */
    static String show(byte[] bytes) {
        String text = RawPath.printable(Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN)));
        return bytes.length > SHOWN ? text + "..." : text;
    }
}
