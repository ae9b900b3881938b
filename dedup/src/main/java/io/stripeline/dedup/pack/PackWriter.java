package io.stripeline.dedup.pack;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.BlobWriter;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** A pack being written, straight to the store; holds its directory only. Not thread-safe. */
public final class PackWriter implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final BlobId id;
    private final BlobKind kind;
    private final BlobWriter out;
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream(16 << 10);
    private long size = PackFormat.HEADER_BYTES;
    private int frames;
    private int chunks;

    public PackWriter(BlobStore store, byte[] storeId, BlobKind kind) {
        this.kind = kind;
        byte[] header = header(storeId, kind);
        this.id = idOf(header);
        this.out = store.create(PackFormat.nameOf(id));
        try {
            out.write(header, 0, header.length);
        } catch (RuntimeException failure) {
            out.close();
            throw failure;
        }
    }

    private static byte[] header(byte[] storeId, BlobKind kind) {
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        ByteBuffer header = ByteBuffer.allocate(PackFormat.HEADER_BYTES);
        header.putInt(PackFormat.PACK_MAGIC)
                .putShort(PackFormat.VERSION)
                .put((byte) kind.ordinal())
                .put((byte) 0);
        header.put(nonce).put(storeId, 0, 16);
        header.putInt(PackFormat.HEADER_BYTES - 4, PackFormat.crc(header.array(), 0, PackFormat.HEADER_BYTES - 4));
        return header.array();
    }

    static BlobId idOf(byte[] header) {
        try {
            return BlobId.of(MessageDigest.getInstance("SHA-256").digest(header), 0);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public void append(FrameBuilder frame, FrameEncoder encoded) {
        out.write(encoded.array(), 0, encoded.totalBytes());
        ByteBuffer entry =
                ByteBuffer.allocate(PackFormat.FRAME_ENTRY_BYTES + frame.count() * PackFormat.CHUNK_ENTRY_BYTES);
        entry.putInt((int) size).putInt(encoded.storedBytes()).putInt(frame.size());
        entry.put((byte) encoded.codec()).putInt(frame.count());
        for (int i = 0; i < frame.count(); i++) {
            entry.put(frame.ids(), i * BlobId.BYTES, BlobId.BYTES);
            entry.putInt(frame.offset(i)).putInt(frame.length(i)).put((byte) PackFormat.PLAIN);
        }
        directory.write(entry.array(), 0, entry.position());
        size += encoded.totalBytes();
        frames++;
        chunks += frame.count();
    }

    public long sizeBytes() {
        return size;
    }

    public int chunks() {
        return chunks;
    }

    /** Writes directory and footer and makes the pack durable under its name. */
    public SealedPack seal() {
        byte[] list = directory.toByteArray();
        ByteBuffer footer = ByteBuffer.allocate(PackFormat.FOOTER_BYTES);
        footer.putLong(size).putInt(list.length).putInt(frames).putInt(chunks);
        footer.putInt(PackFormat.crc(list, 0, list.length)).putInt(PackFormat.END_MAGIC);
        footer.putInt(PackFormat.crc(footer.array(), 0, PackFormat.FOOTER_BYTES - 4));
        out.write(list, 0, list.length);
        out.write(footer.array(), 0, PackFormat.FOOTER_BYTES);
        out.commit();
        long total = size + list.length + PackFormat.FOOTER_BYTES;
        return new SealedPack(id, kind, total, chunks, new PackDirectory(id, size, list));
    }

    @Override
    public void close() {
        out.close();
    }
}
