package io.stripeline.write;

import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import io.stripeline.posix.StatxBuffer;
import io.stripeline.write.RestorePlan.Overwrite;
import java.nio.charset.StandardCharsets;

/**
 * One entry on its way to its name: made under a temporary name in the same directory, renamed when it is whole.
 *
 * <p>The temporary name depends on the real one only, so that a restore that runs again takes the place of what an
 * interrupted one left. Closing without {@link #commit} removes the temporary.
 */
final class NewName implements AutoCloseable {
    private static final String PREFIX = ".stripeline-";
    private static final String SUFFIX = ".part";

    private final int dirfd;
    private final byte[] name;
    private final byte[] temporary;
    private final Overwrite overwrite;
    private boolean made;

    NewName(int dirfd, byte[] name, Overwrite overwrite) {
        this.dirfd = dirfd;
        this.name = name;
        this.overwrite = overwrite;
        long hash = 0xCBF29CE484222325L; // FNV-1a: the name's own length may leave no room for it
        for (byte b : name) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        temporary = (PREFIX + Long.toHexString(hash) + SUFFIX).getBytes(StandardCharsets.US_ASCII);
    }

    /** True for a name that a restore could take for a temporary of its own, and remove. */
    static boolean isTemporary(byte[] name) {
        if (name.length <= PREFIX.length() + SUFFIX.length() || name[0] != '.' || name[1] != 's') {
            return false;
        }
        String text = new String(name, StandardCharsets.ISO_8859_1);
        return text.startsWith(PREFIX) && text.endsWith(SUFFIX);
    }

    byte[] temporary() {
        return temporary;
    }

    /** Runs a call that makes the temporary name; takes the place of one that an interrupted restore left. */
    void make(Runnable call) {
        try {
            call.run();
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EEXIST) {
                throw failed;
            }
            Namespace.unlinkat(dirfd, temporary);
            call.run();
        }
        made = true;
    }

    /** Makes and opens a regular file. */
    Fd makeFile() {
        Fd[] out = new Fd[1];
        make(() -> out[0] =
                Fd.openat(dirfd, temporary, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOFOLLOW, 0600));
        return out[0];
    }

    /** True where the rules say that what is there stays. */
    boolean staysAsItIs(Timestamp mtime) {
        return overwrite != Overwrite.ALWAYS && isThere(mtime, true);
    }

    /** The same for one more name of an inode: one of the same age may be a copy, and becomes a link. */
    boolean staysUnlinked(Timestamp mtime) {
        return overwrite != Overwrite.ALWAYS && isThere(mtime, false);
    }

    private boolean isThere(Timestamp mtime, boolean ofThisAge) {
        StatxBuffer now = Setter.stat();
        try {
            Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, now);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.ENOENT) {
                return false;
            }
            throw failed;
        }
        int byTime = Long.compare(now.mtimeSeconds(), mtime.seconds());
        byTime = byTime != 0 ? byTime : Integer.compare(now.mtimeNanos(), mtime.nanos());
        boolean keeps = overwrite == Overwrite.OLDER ? byTime < 0 : byTime > 0;
        return overwrite == Overwrite.NEVER || keeps || byTime == 0 && ofThisAge;
    }

    /**
     * Gives it the real name.
     *
     * @return false where a name came into being meanwhile that the rules leave as it is
     */
    boolean commit() {
        if (overwrite == Overwrite.NEVER) {
            try {
                Namespace.renameNew(dirfd, temporary, dirfd, name);
                made = false;
                return true;
            } catch (PosixException failed) {
                if (failed.errno() == Errno.EEXIST) {
                    return false;
                }
                if (failed.errno() != Errno.EINVAL && failed.errno() != Errno.ENOSYS) {
                    throw failed;
                }
            }
        }
        try {
            Namespace.renameat(dirfd, temporary, dirfd, name);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EPERM || !InodeProtection.clear(dirfd, name)) {
                throw failed; // else an earlier restore made it immutable
            }
            Namespace.renameat(dirfd, temporary, dirfd, name);
        }
        made = false;
        return true;
    }

    /** True where both names are one inode already: rename(2) would leave both. */
    boolean isSameInode() {
        StatxBuffer stat = Setter.stat();
        Posix.statx(dirfd, temporary, StatxBuffer.BASIC_STATS, stat);
        InodeKey made = InodeKey.of(stat);
        try {
            Posix.statx(dirfd, name, StatxBuffer.BASIC_STATS, stat);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.ENOENT) {
                return false;
            }
            throw failed;
        }
        return made.equals(InodeKey.of(stat));
    }

    @Override
    public void close() {
        if (made) {
            made = false;
            Namespace.unlinkat(dirfd, temporary);
        }
    }

    @Override
    public String toString() {
        return RawPath.printable(name);
    }
}
