package io.stripeline;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Stable identity of a filesystem: the same on every host that mounts it and after every boot, unlike {@code st_dev}.
 * A UUID where the filesystem has one, else what the driver can prove, with the driver's name in front so that two
 * kinds never meet.
 *
 * <p>Immutable; at most 64 bytes.
 */
public final class FileSystemId {
    private final byte[] bytes;

    private FileSystemId(byte[] bytes) {
        this.bytes = bytes;
    }

    public static FileSystemId of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > 64) {
            throw new IllegalArgumentException("A filesystem id has 1 to 64 bytes, not " + bytes.length);
        }
        return new FileSystemId(bytes.clone());
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileSystemId && Arrays.equals(bytes, ((FileSystemId) other).bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
