package io.stripeline.testkit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over the blocks of a file that are not zero, each with its offset: the same for a hole and for zeros, and a
 * file of 6 GiB of holes costs nothing. Pieces come in ascending order and may start anywhere.
 */
final class ContentDigest {
    private static final int BLOCK = 4096;

    private final MessageDigest digest;
    private final byte[] block = new byte[BLOCK];
    private long blockAt;
    private boolean dirty;

    ContentDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    void add(long offset, byte[] bytes, int length) {
        for (int done = 0; done < length; ) {
            long at = (offset + done) / BLOCK * BLOCK;
            if (at != blockAt) {
                flush();
                blockAt = at;
            }
            int from = (int) (offset + done - at);
            int n = Math.min(BLOCK - from, length - done);
            System.arraycopy(bytes, done, block, from, n);
            dirty = true;
            done += n;
        }
    }

    private void flush() {
        if (dirty && !isZero()) {
            digest.update(ByteBuffer.allocate(8).putLong(0, blockAt));
            digest.update(block);
        }
        java.util.Arrays.fill(block, (byte) 0);
        dirty = false;
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** The digest of a file of this length, hexadecimal. */
    String finish(long length) {
        flush();
        digest.update(ByteBuffer.allocate(8).putLong(0, length));
        return HexFormat.of().formatHex(digest.digest());
    }
}
