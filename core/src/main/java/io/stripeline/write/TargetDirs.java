package io.stripeline.write;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The directories below the target, open while they are written to.
 *
 * <p>Each is reached from the target's own descriptor without following a symlink in any component: by openat2(2) with
 * BENEATH, NO_SYMLINKS and NO_MAGICLINKS; where the kernel has none (ENOSYS) or a filter forbids it (EPERM), and for
 * paths beyond PATH_MAX, component by component with O_NOFOLLOW. A parent that is missing is made with mode 01700.
 *
 * <p>Holds at most {@value #IDLE} descriptors that nobody uses. Thread-safe.
 */
final class TargetDirs implements AutoCloseable {
    /** Directories kept open for the next entry: those of a few deep branches. */
    private static final int IDLE = 128;

    private static final int LONGEST_PATH = 4095; // PATH_MAX without its NUL
    private static final int OPEN = Fcntl.O_PATH | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW;
    private static final int RESOLVE = Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS;

    /**
     * The mode of a directory while its entries come: nobody else's, and with the sticky bit a mark by which a restore
     * that runs again tells what an interrupted one made.
     */
    static final int UNFINISHED = 01700;

    private final Fd target;
    private final Temporaries temporaries;
    private final Consumer<Dir> onImplicit;
    private final LinkedHashMap<RawPath, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);
    private volatile boolean byPath;

    /** The use of one directory's O_PATH descriptor; close it when the call is made. */
    final class Lease implements AutoCloseable {
        private final Dir dir;
        private int users;
        private @Nullable Fd fd;
        private @Nullable Boolean inherits;

        private Lease(Dir dir) {
            this.dir = dir;
        }

        private synchronized void open() {
            if (fd == null) {
                fd = TargetDirs.this.open(dir, OPEN, true);
            }
        }

        private synchronized void shut() {
            if (fd != null) {
                fd.close();
                fd = null;
            }
        }

        synchronized int fd() {
            if (fd == null) {
                throw new IllegalStateException("The directory " + dir + " is closed");
            }
            return fd.number();
        }

        /** True where what is made here gets an ACL from this directory; asked of it once. */
        synchronized boolean inheritsAcl() {
            if (inherits == null) {
                inherits = Acls.inherits(fd());
            }
            return inherits;
        }

        @Override
        public void close() {
            release(this);
        }
    }

    /**
     * @param target the open target; stays the caller's
     * @param openat2 false leaves openat2(2) out
     * @param temporaries names under which entries are made
     * @param onImplicit told of each directory that was made because an entry below it came first; any thread
     */
    TargetDirs(Fd target, boolean openat2, Temporaries temporaries, Consumer<Dir> onImplicit) {
        this.target = target;
        this.temporaries = temporaries;
        this.byPath = openat2;
        this.onImplicit = onImplicit;
    }

    /**
     * The descriptor of a directory, made if it is missing.
     *
     * @throws PosixException ELOOP or ENOTDIR where something else than a directory stands in the way
     * @throws Refusal for a name that would lead elsewhere
     */
    Lease lease(Dir dir) {
        RawPath key = dir.path();
        Lease lease;
        synchronized (this) {
            lease = leases.computeIfAbsent(key, path -> new Lease(dir));
            lease.users++;
        }
        try {
            lease.open();
            return lease;
        } catch (RuntimeException failed) {
            lease.close();
            throw failed;
        }
    }

    /** The same for a directory that must be there already. The caller's to close. */
    Fd openExisting(Dir dir) {
        return open(dir, OPEN, false);
    }

    /** Opens a directory for reading its attributes and setting them; does not make it. The caller's to close. */
    Fd openForAttributes(Dir dir) {
        return open(dir, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK, false);
    }

    /** Begins to make an entry in a directory that is leased. */
    NewName newName(Lease parent, Entry entry, RestorePlan.Overwrite overwrite) {
        return new NewName(parent.fd(), entry, temporaries, overwrite);
    }

    private void release(Lease lease) {
        List<Lease> idle = new ArrayList<>(1);
        synchronized (this) {
            lease.users--;
            for (Iterator<Lease> all = leases.values().iterator(); all.hasNext() && leases.size() > IDLE; ) {
                Lease one = all.next();
                if (one.users == 0) {
                    all.remove();
                    idle.add(one);
                }
            }
        }
        idle.forEach(Lease::shut);
    }

    private Fd open(Dir dir, int flags, boolean make) {
        Deque<Dir> chain = new ArrayDeque<>();
        int length = 0;
        for (Dir at = dir; at.parent() != null; at = at.parent()) {
            checkName(at.name());
            chain.push(at);
            length += at.name().length + 1;
        }
        try {
            if (chain.isEmpty()) {
                return Fd.openat(target.number(), new byte[] {'.'}, flags, 0);
            }
            if (byPath && length <= LONGEST_PATH) {
                Fd found = openByPath(dir, flags, make);
                if (found != null) {
                    return found;
                }
            }
            return openByComponents(chain, flags, make);
        } catch (PosixException failed) {
            throw failed.at(dir.toString());
        }
    }

    /** Null where the directory is missing and to be made, or the kernel cannot do it this way. */
    private @Nullable Fd openByPath(Dir dir, int flags, boolean make) {
        try {
            return Fd.of(Posix.openat2(target.number(), dir.path().toBytes(), flags, 0, RESOLVE));
        } catch (PosixException failed) {
            if (failed.errno() == Errno.ENOSYS || failed.errno() == Errno.EPERM) {
                byPath = false; // neither is ever said by a kernel that resolves the path
                return null;
            }
            if (failed.errno() == Errno.ENOENT && make) {
                return null;
            }
            throw failed;
        }
    }

    private Fd openByComponents(Deque<Dir> chain, int flags, boolean make) {
        Fd at = target;
        while (!chain.isEmpty()) {
            Dir next = chain.pop();
            Fd parent = at;
            try {
                at = openOrMake(parent.number(), next, chain.isEmpty() ? flags : OPEN, make);
            } finally {
                if (parent != target) {
                    parent.close();
                }
            }
        }
        return at;
    }

    private Fd openOrMake(int parent, Dir dir, int flags, boolean make) {
        try {
            return Fd.openat(parent, dir.name(), flags, 0);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.ENOENT || !make) {
                throw failed;
            }
        }
        try {
            Namespace.mkdirat(parent, dir.name(), UNFINISHED);
            onImplicit.accept(dir);
        } catch (PosixException failed) {
            if (failed.errno() != Errno.EEXIST) { // else another worker was first
                throw failed;
            }
        }
        return Fd.openat(parent, dir.name(), flags, 0);
    }

    /** The directory of a path relative to the target; its names are checked when it is opened. */
    static Dir dirOf(byte[] path) {
        Dir dir = Dir.root();
        int from = 0;
        for (int i = 0; i <= path.length && path.length > 0; i++) {
            if (i == path.length || path[i] == '/') {
                dir = dir.child(Arrays.copyOfRange(path, from, i));
                from = i + 1;
            }
        }
        return dir;
    }

    /** True for a directory that this restore or an interrupted one made and that has not got its attributes yet. */
    static boolean isUnfinished(int mode) {
        return (mode & 05777) == UNFINISHED; // set-group-ID may come from its parent
    }

    /** The path of a directory; refuses one with a name that no path can hold. */
    static RawPath safePath(Dir dir) {
        for (Dir at = dir; at.parent() != null; at = at.parent()) {
            checkName(at.name());
        }
        return dir.path();
    }

    /** Refuses a name that would lead elsewhere: empty, dots, or with a slash or NUL in it. */
    static void checkName(byte[] name) {
        boolean dots = name.length > 0 && name.length <= 2 && name[0] == '.' && name[name.length - 1] == '.';
        boolean breaks = false;
        for (byte b : name) {
            breaks |= b == '/' || b == 0;
        }
        if (dots || breaks || name.length == 0) {
            throw new Refusal(
                    "unsafe name", "the name \"" + RawPath.printable(name) + "\" would lead out of its directory");
        }
    }

    /** Closes what nobody uses. The target's descriptor stays its owner's. */
    @Override
    public void close() {
        List<Lease> idle;
        synchronized (this) {
            idle = new ArrayList<>(leases.values());
            leases.clear();
        }
        idle.forEach(Lease::shut);
    }
}
