package io.stripeline.dedup.pack;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.util.zip.CRC32C;

/** Numbers of the pack format. */
public final class PackFormat {
    public static final int MAX_CHUNKS = 131_072;
    public static final int MAX_CHUNK_BYTES = 16 << 20;
    public static final long MAX_PACK_BYTES = 1L << 30;
    public static final int MAX_FRAME_RAW_BYTES = 32 << 20;

    /** Form of a chunk whose bytes stand in the frame as they are. */
    public static final int PLAIN = 0;

    static final int PACK_MAGIC = 0x534C504B;
    static final int FRAME_MAGIC = 0x534C4652;
    static final int END_MAGIC = 0x534C5045;
    static final short VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int FRAME_HEADER_BYTES = 28;
    static final int FRAME_ENTRY_BYTES = 17;
    static final int CHUNK_ENTRY_BYTES = 41;
    static final int FOOTER_BYTES = 32;
    static final int RAW = 0;
    static final int ZSTD = 1;

    private PackFormat() {}

    /** The object that a pack is. */
    public static String nameOf(BlobId pack) {
        String hex = pack.toString();
        return "packs/" + hex.substring(0, 2) + "/" + hex;
    }

    static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    static FormatException damaged(BlobId pack, long offset, String what) {
        return new FormatException(
                nameOf(pack) + " at byte " + offset + ": " + what
                        + ". Run check --read-data to learn what else is damaged; the next backup then stores lost content again.");
    }
}
