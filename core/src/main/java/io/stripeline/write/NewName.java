package io.stripeline.write;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
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

/**
 * One entry on its way to its name: made under a temporary name in the same directory, renamed when it is whole.
 *
 * <p>A restore that runs again takes the place of what an interrupted one left. Closing without {@link #commit} removes the temporary.
 */
final class NewName implements AutoCloseable {
    private static final int ATTEMPTS = 16;

    private final int dirfd;
    private final Dir dir;
    private final byte[] name;
    private final Temporaries temporaries;
    private final Overwrite overwrite;
    private byte[] temporary;
    private boolean made;
    private boolean taken = true;

    NewName(int dirfd, Entry entry, Temporaries temporaries, Overwrite overwrite) {
        this.dirfd = dirfd;
        this.dir = entry.dir();
        this.name = entry.name();
        this.temporaries = temporaries;
        this.overwrite = overwrite;
        this.temporary = temporaries.take(dir, name, 0);
    }

    /** The name it has after {@link #make}. */
    byte[] temporary() {
        return temporary;
    }

    /** A call that makes a name. */
    interface Making {
        void under(byte[] temporary);
    }

    /** Makes it under a temporary name; takes the place of one that an interrupted restore left. */
    void make(Making call) {
        for (int attempt = 1; !made; attempt++) {
            try {
                call.under(temporary);
                made = true;
            } catch (PosixException failed) {
                if (failed.errno() != Errno.EEXIST || attempt > ATTEMPTS) {
                    throw failed;
                }
                makeWay(attempt);
            }
        }
    }

    private void makeWay(int attempt) {
        try {
            Namespace.unlinkat(dirfd, temporary);
        } catch (PosixException failed) {
            if (failed.errno() == Errno.EISDIR) { // no restore leaves a directory: somebody gave it that name
                byte[] next = temporaries.take(dir, name, attempt);
                temporaries.giveBack(dir, temporary);
                temporary = next;
            } else if (failed.errno() != Errno.ENOENT) {
                throw failed;
            }
        }
    }

    /** Makes and opens a regular file. */
    Fd makeFile() {
        Fd[] out = new Fd[1];
        make(under ->
                out[0] = Fd.openat(dirfd, under, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOFOLLOW, 0600));
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
                gone();
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
        gone();
        return true;
    }

    /** The temporary is another entry's to take from here on. */
    private void gone() {
        made = false;
        if (taken) {
            taken = false;
            temporaries.giveBack(dir, temporary);
        }
    }

    /** Refuses to go on where the temporary is another inode by now. */
    void expect(InodeKey key) {
        StatxBuffer stat = Setter.stat();
        Posix.statx(dirfd, temporary, StatxBuffer.BASIC_STATS, stat);
        if (!InodeKey.of(stat).equals(key)) {
            throw new Refusal("replaced", "what was made was replaced by another process; repeat the restore");
        }
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
        try {
            if (made) {
                made = false;
                Namespace.unlinkat(dirfd, temporary);
            }
        } finally {
            gone();
        }
    }

    @Override
    public String toString() {
        return RawPath.printable(name);
    }
}
