package io.stripeline.change;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A change as bytes, for a temporary file only: kind byte, flag byte (1 directory, 2 inode follows, 4 place is a path, 8
 * place is a name), identity and parent's identity of 24 bytes each where there is one, the path or name to the end. Equal
 * changes have equal bytes.
 */
final class ChangeCode {
    private static final int DIRECTORY = 1;
    private static final int INODE = 2;
    private static final int PATH = 4;
    private static final int NAME = 8;

    private ChangeCode() {}

    static byte[] encode(Change change) {
        if (change instanceof Change.Touched touched) {
            return encode('T', false, touched.inode(), null);
        } else if (change instanceof Change.Named named) {
            return encode('N', false, null, named.at());
        } else if (change instanceof Change.Gone gone) {
            return encode('G', gone.directory(), gone.inode(), gone.at());
        } else if (change instanceof Change.Moved moved) {
            return encode('M', true, moved.directory(), moved.from());
        }
        return encode('L', true, null, new At.Path(((Change.Lost) change).below()));
    }

    private static byte[] encode(char kind, boolean directory, @Nullable InodeId inode, @Nullable At at) {
        byte[] text = at instanceof At.Path path
                ? path.path().toBytes()
                : at instanceof At.Name name ? name.name() : new byte[0];
        InodeId parent = at instanceof At.Name name ? name.parent() : null;
        ByteBuffer out = ByteBuffer.allocate(2 + (inode == null ? 0 : 24) + (parent == null ? 0 : 24) + text.length);
        int place = at == null ? 0 : parent == null ? PATH : NAME;
        out.put((byte) kind).put((byte) ((directory ? DIRECTORY : 0) | (inode == null ? 0 : INODE) | place));
        put(out, inode);
        put(out, parent);
        return out.put(text).array();
    }

    private static void put(ByteBuffer out, @Nullable InodeId id) {
        if (id != null) {
            out.putLong(id.device()).putLong(id.high()).putLong(id.low());
        }
    }

    static Change decode(byte[] code) {
        ByteBuffer in = ByteBuffer.wrap(code);
        char kind = (char) in.get();
        int flags = in.get();
        InodeId inode = (flags & INODE) == 0 ? null : id(in);
        InodeId parent = (flags & NAME) == 0 ? null : id(in);
        byte[] text = Arrays.copyOfRange(code, in.position(), code.length);
        At at = parent != null ? new At.Name(parent, text) : (flags & PATH) != 0 ? new At.Path(RawPath.of(text)) : null;
        return switch (kind) {
            case 'T' -> new Change.Touched(there(inode));
            case 'N' -> new Change.Named(there(at));
            case 'G' -> new Change.Gone(there(at), (flags & DIRECTORY) != 0, inode);
            case 'M' -> new Change.Moved(there(inode), at);
            case 'L' -> new Change.Lost(RawPath.of(text));
            default -> throw new IllegalStateException("A temporary file holds a change of kind " + (int) kind);
        };
    }

    private static InodeId id(ByteBuffer in) {
        return new InodeId(in.getLong(), in.getLong(), in.getLong());
    }

    private static <T> T there(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("A temporary file holds half a change");
        }
        return value;
    }
}
