package io.stripeline.backend;

import io.stripeline.inode.RawPath;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Names of entries that keep the directory they are in out of a job. A directory may be deeper than any path that the
 * kernel takes: it is then reached in steps, each relative to the one before. Thread-safe.
 */
final class Markers {
    /** PATH_MAX without its NUL (linux/limits.h). */
    private static final int LONGEST_PATH = 4095;

    private static final ThreadLocal<StatxBuffer> STAT = ThreadLocal.withInitial(StatxBuffer::new);

    private final List<byte[]> names;
    private final int longest;

    /** @param names without slashes */
    Markers(List<byte[]> names) {
        this.names = names;
        this.longest = names.stream().mapToInt(name -> name.length).max().orElse(0);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** False too for what cannot be looked at: whoever reads it says why. */
    boolean areIn(RawPath directory) {
        if (directory.length() + 1 + longest <= LONGEST_PATH) {
            return names.stream()
                    .anyMatch(name ->
                            isThere(Fcntl.AT_FDCWD, directory.child(name).toBytes()));
        }
        try (Fd fd = open(directory.toBytes())) {
            return names.stream().anyMatch(name -> isThere(fd.number(), name));
        } catch (PosixException gone) {
            return false;
        }
    }

    private static boolean isThere(int dirfd, byte[] path) {
        try {
            Posix.statx(dirfd, path, StatxBuffer.NO_SIZE, STAT.get());
            return true;
        } catch (PosixException notThere) {
            return false;
        }
    }

    /** By as many components at a time as one call takes. */
    private static Fd open(byte[] path) {
        int to = stepEnd(path, 0);
        Fd at = step(Fcntl.AT_FDCWD, path, 0, to);
        while (to < path.length) {
            int from = to + 1;
            to = stepEnd(path, from);
            try (Fd above = at) {
                at = step(above.number(), path, from, to);
            }
        }
        return at;
    }

    /** The last slash within reach; the end where no slash is needed, or none is to be found. */
    private static int stepEnd(byte[] path, int from) {
        if (path.length - from <= LONGEST_PATH) {
            return path.length;
        }
        int to = from + LONGEST_PATH;
        while (to > from && path[to] != '/') {
            to--;
        }
        return to > from ? to : path.length;
    }

    private static Fd step(int dirfd, byte[] path, int from, int to) {
        // through symlinks, as a path in one call: the tree's own may lead through some
        return Fd.openat(dirfd, Arrays.copyOfRange(path, from, to), Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
    }
}
