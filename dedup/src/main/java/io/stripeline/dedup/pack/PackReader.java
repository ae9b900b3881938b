package io.stripeline.dedup.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.ReadFailure;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import io.stripeline.snapshot.FormatException;
import java.nio.ByteBuffer;

/**
 * Reads frames and directories of packs and proves their checksums. What cannot be read is damage too: whoever asked may
 * have another copy. Thread-safe.
 */
public final class PackReader {
    /** Stored frames up to this length are read into a buffer that the thread keeps. */
    private static final int KEPT_BYTES = 2 << 20;

    private static final ThreadLocal<byte[]> STORED = ThreadLocal.withInitial(() -> new byte[0]);

    private final BlobStore store;

    public PackReader(BlobStore store) {
        this.store = store;
    }

    private byte[] read(BlobId pack, long offset, int length) {
        byte[] out = new byte[length];
        read(pack, offset, out, length);
        return out;
    }

    private static byte[] stored(int length) {
        byte[] kept = STORED.get();
        if (kept.length < length) {
            kept = new byte[Math.max(length, Math.min(KEPT_BYTES, 2 * kept.length))];
            if (length <= KEPT_BYTES) {
                STORED.set(kept);
            }
        }
        return kept;
    }

    private void read(BlobId pack, long offset, byte[] out, int length) {
        int n;
        try {
            n = store.read(PackFormat.nameOf(pack), offset, out, 0, length);
        } catch (PosixException failure) {
            throw unreadable(pack, failure);
        }
        if (n < length) {
            throw PackFormat.damaged(pack, offset + n, "truncated: " + (length - n) + " bytes are missing");
        }
    }

    /** The raw bytes of a frame. */
    public byte[] frame(BlobId pack, int offset, int storedBytes) {
        byte[] bytes = stored(PackFormat.FRAME_HEADER_BYTES + storedBytes);
        read(pack, offset, bytes, PackFormat.FRAME_HEADER_BYTES + storedBytes);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.getInt(0) != PackFormat.FRAME_MAGIC
                || header.getInt(24) != PackFormat.crc(bytes, 0, PackFormat.FRAME_HEADER_BYTES - 4)) {
            throw PackFormat.damaged(pack, offset, "damaged frame header");
        }
        int raw = header.getInt(12);
        if (header.getInt(8) != storedBytes || raw < 0 || raw > PackFormat.MAX_FRAME_RAW_BYTES) {
            throw PackFormat.damaged(pack, offset, "the frame has other lengths than the directory says");
        }
        if (header.getInt(20) != PackFormat.crc(bytes, PackFormat.FRAME_HEADER_BYTES, storedBytes)) {
            throw PackFormat.damaged(pack, offset, "the frame's checksum does not match");
        }
        return decode(pack, offset, bytes, header.get(4) & 0xFF, storedBytes, raw);
    }

    private static byte[] decode(BlobId pack, int offset, byte[] bytes, int codec, int stored, int raw) {
        byte[] out = new byte[raw];
        switch (codec) {
            case PackFormat.RAW -> {
                if (raw != stored) {
                    throw PackFormat.damaged(pack, offset, "an uncompressed frame of two lengths");
                }
                System.arraycopy(bytes, PackFormat.FRAME_HEADER_BYTES, out, 0, raw);
            }
            case PackFormat.ZSTD -> {
                long n;
                try {
                    n = Zstd.decompressByteArray(out, 0, raw, bytes, PackFormat.FRAME_HEADER_BYTES, stored);
                } catch (ZstdException failure) {
                    throw PackFormat.damaged(pack, offset, "zstd: " + failure.getMessage());
                }
                if (n != raw) {
                    throw PackFormat.damaged(pack, offset, "zstd gave " + n + " bytes, expected " + raw);
                }
            }
            default ->
                throw new FormatException(PackFormat.nameOf(pack) + " at byte " + offset + ": codec " + codec
                        + " is not known to this program; use a newer one");
        }
        return out;
    }

    /** Reads and proves header, footer and directory. */
    public SealedPack open(BlobId pack) {
        long size = sizeOf(pack);
        if (size < PackFormat.HEADER_BYTES + PackFormat.FOOTER_BYTES) {
            throw PackFormat.damaged(pack, size, "truncated");
        }
        BlobKind kind = kindOf(pack);
        long footerAt = size - PackFormat.FOOTER_BYTES;
        byte[] bytes = read(pack, footerAt, PackFormat.FOOTER_BYTES);
        ByteBuffer footer = ByteBuffer.wrap(bytes);
        if (footer.getInt(24) != PackFormat.END_MAGIC
                || footer.getInt(28) != PackFormat.crc(bytes, 0, PackFormat.FOOTER_BYTES - 4)) {
            throw PackFormat.damaged(pack, footerAt, "damaged footer");
        }
        long at = footer.getLong(0);
        int length = footer.getInt(8);
        if (length < 0 || at < PackFormat.HEADER_BYTES || at + length != footerAt) {
            throw PackFormat.damaged(pack, footerAt, "the footer names a directory that is not there");
        }
        byte[] list = read(pack, at, length);
        if (footer.getInt(20) != PackFormat.crc(list, 0, length)) {
            throw PackFormat.damaged(pack, at, "the directory's checksum does not match");
        }
        return new SealedPack(pack, kind, size, footer.getInt(16), new PackDirectory(pack, at, list));
    }

    private long sizeOf(BlobId pack) {
        try {
            return store.sizeBytes(PackFormat.nameOf(pack));
        } catch (PosixException failure) {
            throw unreadable(pack, failure);
        }
    }

    private static FormatException unreadable(BlobId pack, PosixException failure) {
        return failure.errno() == Errno.ENOENT
                ? PackFormat.damaged(pack, 0, "the pack is missing")
                : ReadFailure.asDamage(PackFormat.nameOf(pack), failure);
    }

    private BlobKind kindOf(BlobId pack) {
        byte[] bytes = read(pack, 0, PackFormat.HEADER_BYTES);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.getInt(0) != PackFormat.PACK_MAGIC
                || header.getInt(PackFormat.HEADER_BYTES - 4)
                        != PackFormat.crc(bytes, 0, PackFormat.HEADER_BYTES - 4)) {
            throw PackFormat.damaged(pack, 0, "damaged header");
        }
        if (header.getShort(4) != PackFormat.VERSION) {
            throw new FormatException(PackFormat.nameOf(pack) + ": version " + header.getShort(4)
                    + " is not known to this program; use a newer one");
        }
        if (!PackWriter.idOf(bytes).equals(pack)) {
            throw PackFormat.damaged(pack, 0, "the header belongs to another pack");
        }
        return header.get(6) == 0 ? BlobKind.DATA : BlobKind.META;
    }
}
