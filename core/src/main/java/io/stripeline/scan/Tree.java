package io.stripeline.scan;

import io.stripeline.posix.StatFs;
import io.stripeline.posix.StatxBuffer;

/**
 * What a driver tells the engine about its tree: where it starts and what the filesystem wants asked. The engine makes
 * the system calls itself, since at a microsecond each there is no room for an indirection per entry.
 *
 * <p>All methods are called on the engine's own threads, which may block, and from several at once.
 */
public interface Tree {
    /**
     * A new descriptor of the root directory, which the engine closes.
     *
     * @throws io.stripeline.posix.PosixException where it cannot be opened
     */
    int openRoot();

    /** STATX_* bits to ask for. */
    default int statxMask() {
        return StatxBuffer.BASIC_STATS | StatxBuffer.BTIME;
    }

    /** AT_STATX_* bits: how fresh the answer has to be. */
    default int statxFlags() {
        return 0;
    }

    /** Number of metadata targets that keep requests in flight of their own; 1 where there is no such thing. */
    default int lanes() {
        return 1;
    }

    /** The metadata target that serves the entries of an open directory, 0 to {@link #lanes()} - 1. */
    default int lane(int dirfd) {
        return 0;
    }

    /**
     * The filesystem that an open directory is on: asked of the root, and of each directory on another filesystem than
     * its parent.
     *
     * @throws io.stripeline.posix.PosixException where it does not tell; that directory is not entered, and reported
     */
    default StatFs statFs(int dirfd) {
        return StatFs.of(dirfd);
    }

    /**
     * A directory of this filesystem was opened, the first in this branch of the tree.
     *
     * @throws io.stripeline.posix.PosixException where it cannot be used; it is not entered, and reported
     */
    default void entered(long device, int dirfd) {}
}
