package io.stripeline.ptcomm;

import io.stripeline.inode.Dir;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.NameEscape;
import java.util.Arrays;

/**
 * The names of one tree as the plugin gets them: absolute, directories with a slash at the end, and escaped where a
 * stock plugin would strip the end. Names of one directory come together, so the last directory's is kept. Of one
 * thread.
 */
final class WireNames {
    private static final byte[] NONE = new byte[0];
    private static final byte[] SLASH = {'/'};

    private final byte[] root;
    private final boolean exact;
    private Dir last = Dir.root();
    private byte[] prefix;

    /**
     * @param root absolute path of the tree
     * @param extensions with any of them the peer keeps white space at the end of a name
     */
    WireNames(RawPath root, Extensions extensions) {
        this.exact = !extensions.caps().isEmpty();
        byte[] bytes = root.toBytes();
        this.root = bytes.length > 0 && bytes[bytes.length - 1] == '/' ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
        this.prefix = join(this.root, NONE, true);
    }

    /** The exact absolute path of an entry. */
    RawPath path(Dir dir, byte[] name) {
        return RawPath.of(bytes(dir, name));
    }

    /** Bytes of {@link #path(Dir, byte[])} without making it; one more for the top, which has no slash there. */
    int length(Dir dir, byte[] name) {
        return prefix(dir).length + name.length;
    }

    /** The same of a path relative to the tree. */
    RawPath path(RawPath relative) {
        return path(Dir.root(), relative.toBytes());
    }

    /** The name of an entry on the wire; one of no bytes is that of {@code dir} itself. */
    byte[] name(Dir dir, byte[] name, boolean directory) {
        if (directory) {
            return name.length == 0 ? prefix(dir) : join(prefix(dir), name, true);
        }
        byte[] path = bytes(dir, name);
        return exact ? path : NameEscape.escape(path);
    }

    /** A link's target on the wire. */
    byte[] target(byte[] target) {
        return exact ? target : NameEscape.escape(target);
    }

    /** True where {@link #name} is not the exact one. */
    boolean isEscaped(byte[] name, boolean directory) {
        return !exact && !directory && NameEscape.isNeeded(name);
    }

    /** Without a slash at the end, but of the root of all. */
    private byte[] bytes(Dir dir, byte[] name) {
        byte[] path = name.length == 0 ? root : join(prefix(dir), name, false);
        return path.length == 0 ? SLASH : path;
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
