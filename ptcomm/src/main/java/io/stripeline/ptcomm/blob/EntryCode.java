package io.stripeline.ptcomm.blob;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Layout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a blob: one map, written in one pass and read in one pass. */
final class EntryCode {
    private static final int PATH = 1;
    private static final int FLAGS = 2;
    private static final int MODE = 3;
    private static final int NLINK = 4;
    private static final int UID = 5;
    private static final int GID = 6;
    private static final int SIZE = 7;
    private static final int BLOCKS = 8;
    private static final int RDEV = 9;
    private static final int ID_HIGH = 10;
    private static final int ID_LOW = 11;
    private static final int MTIME = 12;
    private static final int ATIME = 13;
    private static final int CTIME = 14;
    private static final int BTIME = 15;
    private static final int LINK = 16;
    private static final int XATTRS = 17;
    private static final int INODE_FLAGS = 18;
    private static final int PROJECT = 19;
    private static final int LAYOUT = 20;
    private static final int FIRST = 21;

    private static final int ESCAPED = 1;
    private static final int MAP_OF_0 = 0xA0;

    private final CborWriter to;
    private int entries;

    private EntryCode(CborWriter to) {
        this.to = to;
    }

    /** The body behind {@code before} bytes that are left zero. */
    static byte[] encode(EntryBlob blob, int before) {
        byte[] path = blob.path().toBytes();
        Attributes attributes = blob.attributes();
        long capacity = 128L + path.length + attributes.linkTarget().length;
        for (Xattr xattr : attributes.xattrs()) {
            capacity += 18L + xattr.name().length + xattr.value().length;
        }
        if (capacity > Integer.MAX_VALUE - 4096) {
            throw new IllegalArgumentException(
                    "The attributes of " + blob.path() + " have " + capacity + " bytes; a blob holds 2 GiB");
        }
        CborWriter to = new CborWriter(before, (int) capacity);
        new EntryCode(to).write(blob, path, before);
        return to.toBytes();
    }

    private CborWriter key(int key) {
        entries++;
        return to.unsigned(key);
    }

    private void write(EntryBlob blob, byte[] path, int before) {
        Inode inode = blob.inode();
        to.map(0); // its size, at most 21, is set at the end
        key(PATH).bytes(path);
        if (blob.escaped()) {
            key(FLAGS).unsigned(ESCAPED);
        }
        unsigned32(MODE, inode.mode());
        if (inode.nlink() != 1) {
            key(NLINK).signed(inode.nlink());
        }
        unsigned32(UID, inode.uid());
        unsigned32(GID, inode.gid());
        signed(SIZE, inode.sizeBytes());
        signed(BLOCKS, inode.blocks512());
        unsigned(RDEV, inode.rdev());
        unsigned(ID_HIGH, inode.id().high());
        unsigned(ID_LOW, inode.id().low());
        Timestamp mtime = inode.mtime();
        time(MTIME, Timestamp.EPOCH, mtime, Timestamp.EPOCH);
        time(ATIME, mtime, inode.atime(), mtime);
        time(CTIME, mtime, inode.ctime(), mtime);
        time(BTIME, mtime, inode.btime(), Timestamp.EPOCH);
        attributes(blob.attributes());
        if (blob.first() != null) {
            key(FIRST).bytes(blob.first().toBytes());
        }
        to.set(before, MAP_OF_0 | entries);
    }

    private void attributes(Attributes attributes) {
        if (attributes.linkTarget().length > 0) {
            key(LINK).bytes(attributes.linkTarget());
        }
        List<Xattr> xattrs = attributes.xattrs();
        if (!xattrs.isEmpty()) {
            key(XATTRS).array(2 * xattrs.size());
            for (Xattr xattr : xattrs) {
                to.bytes(xattr.name()).bytes(xattr.value());
            }
        }
        unsigned32(INODE_FLAGS, attributes.flags());
        unsigned32(PROJECT, attributes.projectId());
        Layout layout = attributes.layout();
        if (layout != null) {
            LayoutCode.write(key(LAYOUT), layout);
        }
    }

    private void unsigned32(int key, int value) {
        unsigned(key, Integer.toUnsignedLong(value));
    }

    private void unsigned(int key, long value) {
        if (value != 0) {
            key(key).unsigned(value);
        }
    }

    private void signed(int key, long value) {
        if (value != 0) {
            key(key).signed(value);
        }
    }

    private void time(int key, Timestamp base, Timestamp time, Timestamp missing) {
        if (!time.equals(missing)) {
            TimeCode.write(key(key), base, time);
        }
    }

    static EntryBlob decode(byte[] bytes, int from) {
        CborReader in = new CborReader("The blob of an entry", bytes, from);
        EntryBlob blob = new Reading().read(in);
        in.end();
        return blob;
    }

    /** What was read so far. */
    private static final class Reading {
        private @Nullable RawPath path;
        private boolean escaped;
        private int mode;
        private int nlink = 1;
        private int uid;
        private int gid;
        private long size;
        private long blocks;
        private long rdev;
        private long high;
        private long low;
        private Timestamp mtime = Timestamp.EPOCH;
        private @Nullable Timestamp atime;
        private @Nullable Timestamp ctime;
        private Timestamp btime = Timestamp.EPOCH;
        private byte[] link = Attributes.NONE.linkTarget();
        private List<Xattr> xattrs = List.of();
        private int flags;
        private int project;
        private @Nullable Layout layout;
        private @Nullable RawPath first;

        EntryBlob read(CborReader in) {
            int key = -1;
            for (int left = in.map(); left > 0; left--) {
                key = in.key(key);
                value(key, in);
            }
            if (path == null) {
                throw in.broken("it has no path");
            }
            return new EntryBlob(
                    path,
                    escaped,
                    new Inode(
                            new InodeId(0, high, low),
                            mode(in),
                            nlink,
                            uid,
                            gid,
                            size,
                            blocks,
                            rdev,
                            atime == null ? mtime : atime,
                            mtime,
                            ctime == null ? mtime : ctime,
                            btime),
                    new Attributes(link, xattrs, flags, project, layout),
                    first);
        }

        private void value(int key, CborReader in) {
            switch (key) {
                case PATH -> path = path(in);
                case FLAGS -> escaped = (in.unsigned() & ESCAPED) != 0;
                case MODE -> mode = in.unsigned32();
                case NLINK -> nlink = in.signed32();
                case UID -> uid = in.unsigned32();
                case GID -> gid = in.unsigned32();
                case SIZE -> size = in.signed();
                case BLOCKS -> blocks = in.signed();
                case RDEV -> rdev = in.unsigned();
                case ID_HIGH -> high = in.unsigned();
                case ID_LOW -> low = in.unsigned();
                case MTIME -> mtime = TimeCode.read(in, Timestamp.EPOCH);
                case ATIME -> atime = TimeCode.read(in, mtime);
                case CTIME -> ctime = TimeCode.read(in, mtime);
                case BTIME -> btime = TimeCode.read(in, mtime);
                case LINK -> link = in.bytes();
                case XATTRS -> xattrs = xattrs(in);
                case INODE_FLAGS -> flags = in.unsigned32();
                case PROJECT -> project = in.unsigned32();
                case LAYOUT -> layout = LayoutCode.read(in);
                case FIRST -> first = path(in);
                default -> in.skip(); // of a later program
            }
        }

        private int mode(CborReader in) {
            try {
                FileType.of(mode);
                return mode;
            } catch (IllegalArgumentException noType) {
                throw in.broken("the mode 0" + Integer.toOctalString(mode) + " has no file type");
            }
        }

        private static RawPath path(CborReader in) {
            byte[] bytes = in.bytes();
            for (byte b : bytes) {
                if (b == 0) {
                    throw in.broken("a path holds a NUL byte");
                }
            }
            return RawPath.of(bytes);
        }

        private static List<Xattr> xattrs(CborReader in) {
            int elements = in.array();
            if (elements % 2 != 0) {
                throw in.broken("an extended attribute has no value");
            }
            List<Xattr> xattrs = new ArrayList<>(elements / 2);
            for (int i = 0; i < elements; i += 2) {
                xattrs.add(new Xattr(in.bytes(), in.bytes()));
            }
            return xattrs;
        }
    }
}
