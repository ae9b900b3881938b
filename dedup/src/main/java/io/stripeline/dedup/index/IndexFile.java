package io.stripeline.dedup.index;

import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One index file, proved against its checksum. Immutable; at most 14 MiB. */
public final class IndexFile {
    public static final int MAX_ENTRIES = 262_144;
    public static final int MAX_BYTES = 32 << 20;
    /** Of a chunk. */
    public static final int ENTRY_BYTES = 53;

    static final int MAGIC = 0x534C4958;
    static final int HEADER_BYTES = 32;
    static final int PACK_BYTES = 45;

    /** A pack that the file lists. */
    public record Pack(BlobId id, BlobKind kind, int chunks, long sizeBytes) {}

    /** Takes entries in order of id. The id stands in {@code bytes} at {@code idAt}. */
    public interface Visitor {
        void entry(
                byte[] bytes, int idAt, int pack, int frameOffset, int frameStored, int offset, int length, int form);
    }

    private final BlobId name;
    private final byte[] bytes;
    private final List<Pack> packs;
    private final int entries;
    private final int entriesAt;

    private IndexFile(BlobId name, byte[] bytes, List<Pack> packs, int entries, int entriesAt) {
        this.name = name;
        this.bytes = bytes;
        this.packs = packs;
        this.entries = entries;
        this.entriesAt = entriesAt;
    }

    /** The object that an index file is. */
    public static String nameOf(BlobId id) {
        return "index/" + id;
    }

    static byte[] digest(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static FormatException damaged(BlobId name, long at, String what) {
        return new FormatException(nameOf(name) + " at byte " + at + ": " + what
                + ". Index files can be rebuilt from the packs; run check.");
    }

    /** Proves and opens the bytes of the file of that name. */
    public static IndexFile parse(BlobId name, byte[] bytes) {
        int end = bytes.length - BlobId.BYTES;
        if (end < HEADER_BYTES) {
            throw damaged(name, bytes.length, "truncated");
        }
        byte[] digest = digest(bytes, end);
        if (!Arrays.equals(digest, 0, 32, bytes, end, end + 32)
                || !BlobId.of(digest, 0).equals(name)) {
            throw damaged(name, end, "the checksum does not match");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(0) != MAGIC || in.getShort(4) != 1) {
            throw new FormatException(
                    nameOf(name) + ": version " + in.getShort(4) + " is not known to this program; use a newer one");
        }
        int packs = in.getInt(24);
        int entries = in.getInt(28);
        if (packs < 0
                || entries < 0
                || HEADER_BYTES + (long) packs * PACK_BYTES + (long) entries * ENTRY_BYTES != end) {
            throw damaged(name, 24, "counts do not fit the length");
        }
        List<Pack> list = new ArrayList<>(packs);
        for (int i = 0; i < packs; i++) {
            int at = HEADER_BYTES + i * PACK_BYTES;
            BlobKind kind = in.get(at + 32) == 0 ? BlobKind.DATA : BlobKind.META;
            list.add(new Pack(BlobId.of(bytes, at), kind, in.getInt(at + 33), in.getLong(at + 37)));
        }
        return new IndexFile(name, bytes, List.copyOf(list), entries, HEADER_BYTES + packs * PACK_BYTES);
    }

    public BlobId name() {
        return name;
    }

    public List<Pack> packs() {
        return packs;
    }

    public int entries() {
        return entries;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    public void forEach(Visitor visitor) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int i = 0; i < entries; i++) {
            int at = entriesAt + i * ENTRY_BYTES;
            int pack = in.getInt(at + 32);
            if (pack < 0 || pack >= packs.size()) {
                throw damaged(name, at, "an entry of a pack that is not listed");
            }
            int stored = in.getInt(at + 40);
            int offset = in.getInt(at + 44);
            int length = in.getInt(at + 48);
            if (stored < 0 || stored > PackFormat.MAX_PACK_BYTES || offset < 0 || length < 0) {
                throw damaged(name, at, "impossible lengths");
            }
            visitor.entry(bytes, at, pack, in.getInt(at + 36), stored, offset, length, in.get(at + 52) & 0xFF);
        }
    }
}
