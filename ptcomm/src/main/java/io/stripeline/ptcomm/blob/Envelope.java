package io.stripeline.ptcomm.blob;

import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The ten bytes that everything of this package begins with: magic, version, form, CRC32C of the body. */
enum Envelope {
    BLOB(0x93534C45),
    TABLE(0x93534C4C),
    TREES(0x93534C54);

    /** Where the body begins. */
    static final int BYTES = 10;

    /** The form of a body in one piece. */
    static final int WHOLE = 0;

    /** The form of a piece of a body. */
    static final int PART = 1;

    private static final int VERSION = 1;
    private static final int FORM_AT = 5;
    private static final int CRC_AT = 6;

    private final int magic;

    Envelope(int magic) {
        this.magic = magic;
    }

    /** By the magic only. */
    boolean matches(byte[] bytes) {
        return bytes.length >= 4 && ByteBuffer.wrap(bytes).getInt() == magic;
    }

    /** Fills the first {@link #BYTES}. */
    void seal(byte[] bytes, int form, int crc) {
        ByteBuffer.wrap(bytes)
                .putInt(magic)
                .put((byte) VERSION)
                .put((byte) form)
                .putInt(crc);
    }

    /** Refuses other magics, versions and forms. {@code name} is the subject of messages. */
    void check(String name, byte[] bytes) {
        if (!matches(bytes)) {
            throw new FormatException(name + " does not begin as such: it is damaged, or bytes of another program");
        }
        if (bytes.length <= BYTES) {
            throw new FormatException(name + " is truncated after " + bytes.length + " bytes");
        }
        if (bytes[4] != VERSION) {
            throw new FormatException(name + " is of version " + (bytes[4] & 0xFF) + " and this program reads version "
                    + VERSION + ": use a newer program");
        }
        if (form(bytes) != WHOLE && (form(bytes) != PART || this != BLOB)) {
            throw new FormatException(name + " has the unknown form " + form(bytes) + ": it is damaged");
        }
    }

    static int form(byte[] bytes) {
        return bytes[FORM_AT] & 0xFF;
    }

    /** The checksum of the body. */
    static int crc(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(CRC_AT);
    }

    /** Proves a body in one piece. */
    static void prove(String name, byte[] bytes) {
        if (crcOf(bytes, BYTES) != crc(bytes)) {
            throw new FormatException(name + " is damaged: its checksum differs. Restore from another copy of it");
        }
    }

    /** CRC32C of what follows {@code from}. */
    static int crcOf(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
