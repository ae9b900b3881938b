package io.stripeline.ptcomm;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.NameEscape;
import java.util.Arrays;

/**
 * The names of one tree as the plugin gets them: absolute, directories with a slash at the end, and escaped where a
 * plugin may strip the end: one spelling for all plugins, since the catalog compares names of one job with the last. Names of one directory come together, so the last directory's is kept. Of one
 * thread.
 */
final class WireNames {
    private static final byte[] NONE = new byte[0];

    private final byte[] root;
    private Dir last = Dir.root();
    private byte[] prefix;

    /** @param root absolute path of the tree */
    WireNames(RawPath root) {
        byte[] bytes = root.toBytes();
        this.root = bytes.length > 0 && bytes[bytes.length - 1] == '/' ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
        this.prefix = join(this.root, NONE, true);
    }

    /** The exact absolute path of an entry. */
    RawPath path(Dir dir, byte[] name) {
        byte[] path = name.length == 0 ? root : join(prefix(dir), name, false);
        return RawPath.of(path.length == 0 ? new byte[] {'/'} : path);
    }

    /** The same of a path relative to the tree. */
    RawPath path(RawPath relative) {
        return path(Dir.root(), relative.toBytes());
    }

    /** The name of an entry on the wire. */
    byte[] name(Dir dir, byte[] name, boolean directory) {
        if (directory) {
            return name.length == 0 ? join(root, NONE, true) : join(prefix(dir), name, true);
        }
        byte[] path = name.length == 0 ? root : join(prefix(dir), name, false);
        return NameEscape.escape(path);
    }

    /** True where {@link #name} is not the exact one. */
    boolean isEscaped(byte[] name, boolean directory) {
        return !directory && NameEscape.isNeeded(name);
    }

    private byte[] prefix(Dir dir) {
        if (dir != last) {
            byte[] below = dir.path().toBytes();
            prefix = below.length == 0 ? join(root, NONE, true) : join(join(root, NONE, true), below, true);
            last = dir;
        }
        return prefix;
    }

    private static byte[] join(byte[] front, byte[] name, boolean slash) {
        byte[] out = Arrays.copyOf(front, front.length + name.length + (slash ? 1 : 0));
        System.arraycopy(name, 0, out, front.length, name.length);
        if (slash) {
            out[out.length - 1] = '/';
        }
        return out;
    }
}
