package io.stripeline.ptcomm.cursor;

import io.stripeline.inode.RawPath;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hashes of 64 bits that stand for paths and directories in a cursor. Of one thread. */
final class PathHash {
    private final MessageDigest sha256;
    private final ByteBuffer identity = ByteBuffer.allocate(2 * Long.BYTES);

    PathHash() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    long of(RawPath path) {
        sha256.update(path.toBytes());
        return first();
    }

    long of(long idHigh, long idLow, RawPath path) {
        sha256.update(identity.putLong(0, idHigh).putLong(Long.BYTES, idLow).array());
        sha256.update(path.toBytes());
        return first();
    }

    long of(Mark mark, byte[] what) {
        // an inode has no such identity: the upper half of a FID or a handle is never all ones
        sha256.update(
                identity.putLong(0, -1).putLong(Long.BYTES, mark.ordinal()).array());
        sha256.update(what);
        return first();
    }

    static long ofBytes(byte[] bytes) {
        PathHash once = new PathHash();
        once.sha256.update(bytes);
        return once.first();
    }

    private long first() {
        return ByteBuffer.wrap(sha256.digest()).getLong();
    }
}
