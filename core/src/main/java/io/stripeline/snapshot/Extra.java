package io.stripeline.snapshot;

import io.stripeline.inode.Attributes;
import io.stripeline.inode.Xattr;
import io.stripeline.layout.Layout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The extra of a row: what an inode has beyond statx(2) (section 2 of the format). */
final class Extra {
    /** Longer values are blobs. */
    static final int VALUE_BYTES = 4096;

    private static final int XATTR_LIST_BYTES = 256 << 10;
    private static final int CROWDED_VALUE_BYTES = 64;
    /** XATTR_LIST_MAX allows 64 KiB of names. */
    private static final int MAX_XATTRS = 65536;

    private static final int LINK = 1;
    private static final int FLAGS = 2;
    private static final int PROJECT = 3;
    private static final int STRIPED = 4;
    private static final int OPAQUE = 5;
    private static final int XATTRS = 6;

    private Extra() {}

    static void encode(Encoder out, Attributes attributes, BlobSink blobs) {
        if (attributes.linkTarget().length > 0) {
            out.put(LINK);
            value(out, attributes.linkTarget(), VALUE_BYTES, blobs);
        }
        if (attributes.flags() != 0) {
            out.put(FLAGS).varint(attributes.flags() & 0xFFFFFFFFL);
        }
        if (attributes.projectId() != 0) {
            out.put(PROJECT).varint(attributes.projectId() & 0xFFFFFFFFL);
        }
        if (attributes.layout() instanceof Layout.Striped striped) {
            out.put(STRIPED)
                    .varint(striped.stripeSizeBytes())
                    .varint(striped.stripeCount())
                    .sized(striped.pool().getBytes(StandardCharsets.UTF_8));
        } else if (attributes.layout() instanceof Layout.Opaque opaque) {
            out.put(OPAQUE).sized(opaque.kind().getBytes(StandardCharsets.UTF_8));
            value(out, opaque.bytes(), VALUE_BYTES, blobs);
        }
        if (!attributes.xattrs().isEmpty()) {
            out.put(XATTRS);
            value(out, xattrList(attributes.xattrs(), blobs), VALUE_BYTES, blobs);
        }
    }

    private static byte[] xattrList(List<Xattr> xattrs, BlobSink blobs) {
        long plain = 0;
        for (Xattr xattr : xattrs) {
            plain += xattr.name().length + Math.min(xattr.value().length, VALUE_BYTES) + 4L;
        }
        int limit = plain > XATTR_LIST_BYTES ? CROWDED_VALUE_BYTES : VALUE_BYTES;
        Encoder list = new Encoder(256).varint(xattrs.size());
        for (Xattr xattr : xattrs) {
            list.sized(xattr.name());
            value(list, xattr.value(), limit, blobs);
        }
        return list.toBytes();
    }

    static Attributes decode(byte[] bytes, int from, int end, BlobSource blobs) {
        if (from == end) {
            return Attributes.NONE;
        }
        Decoder in = new Decoder(bytes, from, end);
        byte[] link = Attributes.NONE.linkTarget();
        int flags = 0;
        int project = 0;
        Layout layout = null;
        List<Xattr> xattrs = List.of();
        int last = 0;
        while (in.hasMore()) {
            int tag = in.u8();
            if (tag <= last) {
                throw in.broken("tag " + tag + " after tag " + last);
            }
            last = tag;
            switch (tag) {
                case LINK -> link = value(in, blobs);
                case FLAGS -> flags = (int) in.varint();
                case PROJECT -> project = (int) in.varint();
                case STRIPED -> layout = striped(in);
                case OPAQUE -> layout = new Layout.Opaque(text(in), value(in, blobs));
                case XATTRS -> xattrs = xattrs(new Decoder(value(in, blobs)), blobs);
                default -> throw in.broken("unknown attribute " + tag);
            }
        }
        return new Attributes(link, xattrs, flags, project, layout);
    }

    private static Layout striped(Decoder in) {
        long size = in.varint();
        int count = in.count(Integer.MAX_VALUE);
        if (size <= 0 || count == 0) {
            throw in.broken("stripes of " + size + " x " + count);
        }
        return new Layout.Striped(size, count, text(in));
    }

    private static String text(Decoder in) {
        return new String(in.sized(), StandardCharsets.UTF_8);
    }

    private static List<Xattr> xattrs(Decoder in, BlobSource blobs) {
        int count = in.count(Math.min(MAX_XATTRS, in.remaining()));
        List<Xattr> out = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            out.add(new Xattr(in.sized(), value(in, blobs)));
        }
        in.end();
        return out;
    }

    /** A value: itself up to {@code limit} bytes, else the name of its blob. */
    static void value(Encoder out, byte[] value, int limit, BlobSink blobs) {
        if (value.length <= limit) {
            out.varint((long) value.length << 1).put(value);
        } else {
            out.varint((long) value.length << 1 | 1).put(blobs.put(BlobKind.META, ByteBuffer.wrap(value)));
        }
    }

    static byte[] value(Decoder in, BlobSource blobs) {
        long code = in.varint();
        if ((code & 1) == 0) {
            if (code < 0 || code >>> 1 > in.remaining()) {
                throw in.broken("value of " + (code >>> 1) + " bytes");
            }
            return in.take((int) (code >>> 1));
        }
        BlobId id = in.id();
        byte[] value = blobs.get(id);
        if (value.length != code >>> 1) {
            throw in.broken("value " + id + " has " + value.length + " bytes, not " + (code >>> 1));
        }
        return value;
    }

    /** Adds the blob of a value, if it has one, and passes over the value. */
    static void named(Decoder in, List<BlobId> out) {
        long code = in.varint();
        if ((code & 1) == 1) {
            out.add(in.id());
        } else if (code < 0 || code >>> 1 > in.remaining()) {
            throw in.broken("value of " + (code >>> 1) + " bytes");
        } else {
            in.skip((int) (code >>> 1));
        }
    }

    /** Adds every blob that an extra names, those of long xattr lists included. */
    static void blobs(byte[] bytes, int from, int end, BlobSource blobs, List<BlobId> out) {
        Decoder in = new Decoder(bytes, from, end);
        while (in.hasMore()) {
            int tag = in.u8();
            switch (tag) {
                case LINK -> named(in, out);
                case FLAGS, PROJECT -> in.varint();
                case STRIPED -> striped(in);
                case OPAQUE -> {
                    in.skip(in.length());
                    named(in, out);
                }
                case XATTRS -> {
                    int start = in.position();
                    named(in, out);
                    Decoder list = new Decoder(value(new Decoder(bytes, start, end), blobs));
                    for (int count = list.count(MAX_XATTRS); count > 0; count--) {
                        list.skip(list.length());
                        named(list, out);
                    }
                }
                default -> throw in.broken("unknown attribute " + tag);
            }
        }
    }
}
