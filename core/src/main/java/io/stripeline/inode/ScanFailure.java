package io.stripeline.inode;

import io.stripeline.posix.PosixException;

/**
 * Something a scan could not read.
 *
 * @param dir the directory that holds the name
 * @param name the name; empty when {@code dir} itself could not be opened or listed to its end, so that names of it are
 *     missing from this scan
 * @param cause operation, errno and path
 */
public record ScanFailure(Dir dir, byte[] name, PosixException cause) {
    public RawPath path() {
        return dir.path(name);
    }
}
