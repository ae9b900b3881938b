package io.stripeline.ptcomm.wire;

import org.jspecify.annotations.Nullable;

/** What a record of a batch is. */
public enum RecordType {
    /** Begins an item: a {@link BatchItem}. */
    ITEM(1),
    /** Metadata of the item, opaque; before its data. */
    META(2),
    /** Data of the item; with {@link BatchRecord#WITH_OFFSET} behind eight bytes of offset in the file. */
    DATA(3),
    ACL(4),
    XATTR(5),
    /** Ends an item: one byte of status, then text for the job's log. */
    END(6),
    /** A restore object: length of the name in two bytes, the name, the object. */
    OBJECT(7),
    /** A name that is no more. */
    GONE(8),
    /** One letter of a message's status, then its text. */
    MESSAGE(9),
    /** What became of an item of a restore: its number, one byte of {@link BatchRecord}, then text for the job's log. */
    RESULT(10);

    private static final RecordType[] ALL = values();

    private final byte code;

    RecordType(int code) {
        this.code = (byte) code;
    }

    /** The first byte of the record. */
    public byte code() {
        return code;
    }

    /** The type of a first byte; null for what is none. */
    static @Nullable RecordType of(byte code) {
        return code < 1 || code > ALL.length ? null : ALL[code - 1];
    }
}
