package io.stripeline.ptcomm.blob;

import io.stripeline.layout.Layout;

/** The CBOR form of a {@link Layout}; ids are made of it, so it never changes. */
final class LayoutCode {
    private static final int STRIPED = 0;
    private static final int OPAQUE = 1;

    private LayoutCode() {}

    static byte[] encode(Layout layout) {
        CborWriter to = new CborWriter(0, 64);
        write(to, layout);
        return to.toBytes();
    }

    static void write(CborWriter to, Layout layout) {
        if (layout instanceof Layout.Striped striped) {
            to.array(4)
                    .signed(STRIPED)
                    .signed(striped.stripeSizeBytes())
                    .signed(striped.stripeCount())
                    .text(striped.pool());
        } else if (layout instanceof Layout.Opaque opaque) {
            to.array(3).signed(OPAQUE).text(opaque.kind()).bytes(opaque.bytes());
        }
    }

    static Layout read(CborReader from) {
        int elements = from.array();
        int form = elements == 0 ? -1 : from.signed32();
        if (form == STRIPED && elements == 4) {
            long size = from.signed();
            int count = from.signed32();
            String pool = from.text();
            if (size <= 0 || count <= 0) {
                throw from.broken("a layout of " + count + " stripes of " + size + " bytes");
            }
            return new Layout.Striped(size, count, pool);
        }
        if (form == OPAQUE && elements == 3) {
            return new Layout.Opaque(from.text(), from.bytes());
        }
        throw from.broken("a layout of the unknown form " + form + " with " + elements + " elements");
    }
}
