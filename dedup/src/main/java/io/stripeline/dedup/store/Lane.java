package io.stripeline.dedup.store;

import io.stripeline.dedup.pack.FrameBuilder;
import io.stripeline.dedup.pack.FrameEncoder;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What one thread needs to hash, gather and compress; lent to one caller at a time. */
final class Lane implements AutoCloseable {
    final FrameEncoder encoder;
    final byte[] id = new byte[BlobId.BYTES];
    private final FrameBuilder data;
    private final FrameBuilder meta;
    private final MessageDigest digest;

    Lane(StoreConfig config) {
        encoder = new FrameEncoder(config.level());
        data = new FrameBuilder(config.frameBytes());
        meta = new FrameBuilder(config.metaFrameBytes());
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    FrameBuilder frame(BlobKind kind) {
        return kind == BlobKind.DATA ? data : meta;
    }

    BlobId hash(byte[] bytes, int from, int length) {
        digest.update(bytes, from, length);
        try {
            digest.digest(id, 0, id.length);
        } catch (DigestException impossible) {
            throw new AssertionError(impossible);
        }
        return BlobId.of(id, 0);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
