package io.stripeline.ptcomm.wire;

import java.nio.ByteBuffer;

/**
 * One record of a batch, as it lies in its packet: type, flags, two bytes of lane, four of length, the body; integers big
 * endian.
 *
 * @param type what it is
 * @param withOffset whether a DATA record says where in the file it belongs
 * @param body what is left of the header; a view of the packet's payload
 */
public record BatchRecord(RecordType type, boolean withOffset, ByteBuffer body) {
    /** Type, flags, lane, length. */
    public static final int HEADER_BYTES = 8;

    /** The one flag: the body of a DATA record begins with an offset. */
    public static final byte WITH_OFFSET = 1;

    /** Status of an END: the item is whole. */
    public static final byte GOOD = 0;

    /** Status of an END: content is missing. */
    public static final byte INCOMPLETE = 1;

    /** Status of an END in the packet of its ITEM, and within {@link #DROP_WINDOW_BYTES} of it: there is no such item. */
    public static final byte DROPPED = 2;

    /** How far behind the header of its ITEM the plugin looks for an END that drops it. */
    public static final int DROP_WINDOW_BYTES = 64 << 10;

    /** Result of an item: it is there. */
    public static final byte DONE = 0;

    /** Result of an item: left out on purpose. */
    public static final byte SKIPPED = 1;

    /** Result of an item: it is not there, or not whole. */
    public static final byte FAILED = 2;

    /**
     * What is in front of a body.
     *
     * @param length of the body
     */
    record Header(RecordType type, boolean withOffset, int length) {
        /**
         * Takes it from {@code bytes}.
         *
         * @param left bytes of its packet that are not taken, its own included
         * @throws ProtocolException where it is none, or its body does not end in this packet
         */
        static Header next(ByteBuffer bytes, int left) {
            if (left < HEADER_BYTES) {
                throw new ProtocolException("A batch ends inside the header of a record");
            }
            byte code = bytes.get();
            byte flags = bytes.get();
            short lane = bytes.getShort();
            int length = bytes.getInt();
            RecordType type = RecordType.of(code);
            if (type == null) {
                throw new ProtocolException("A batch has no record of type " + (code & 0xFF));
            }
            if (length < 0 || length > left - HEADER_BYTES) {
                throw new ProtocolException("A record " + type + " of " + Integer.toUnsignedLong(length)
                        + " bytes where its" + " packet has " + (left - HEADER_BYTES));
            }
            if (lane != 0 || flags != 0 && (type != RecordType.DATA || flags != WITH_OFFSET)) {
                throw new ProtocolException("A record " + type + " with lane " + lane + " and flags " + flags);
            }
            return new Header(type, flags != 0, length);
        }
    }

    /**
     * Takes the next record of a packet's payload, and moves the position behind it.
     *
     * @throws ProtocolException where it does not end in this packet, or is none
     */
    public static BatchRecord next(ByteBuffer payload) {
        Header header = Header.next(payload, payload.remaining());
        ByteBuffer body = payload.slice(payload.position(), header.length());
        payload.position(payload.position() + header.length());
        return new BatchRecord(header.type(), header.withOffset(), body);
    }
}
