package io.stripeline.fs.posix;

import io.stripeline.inode.Dir;
import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Posix;
import io.stripeline.posix.PosixException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Open parents of the entries that are read now: rows of one directory come together, so one look-up of its path
 * serves all of them. Shared by all readers, since neighbours go to different ones.
 *
 * <p>Holds O_PATH descriptors: at most {@value #IDLE} that nobody uses, and those in use. A directory is reached from
 * the root without following a symlink anywhere, by openat2(2); where the kernel has none or a filter forbids it, and
 * for names that no path can reach, component by component. Thread-safe.
 */
final class DirCache implements AutoCloseable {
    /** Descriptors kept for the next entry; more than there are directories in work at a time, usually. */
    private static final int IDLE = 64;
    /** PATH_MAX without its NUL (linux/limits.h). */
    private static final int LONGEST_PATH = 4095;

    private static final int OPEN_DIRECTORY = Fcntl.O_PATH | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW;
    private static final int RESOLVE = Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS;

    private final Fd root;
    private final LinkedHashMap<Dir, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);
    private volatile boolean byPath;
    private boolean closed;

    /** The use of one directory's descriptor; close it when the call is made. */
    final class Lease implements AutoCloseable {
        private final Dir dir;
        private int users;
        private @Nullable Fd fd;

        private Lease(Dir dir) {
            this.dir = dir;
        }

        /** Opens it once; whoever comes meanwhile waits for the same look-up. */
        private synchronized void open() {
            if (fd == null) {
                fd = DirCache.this.open(dir);
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

        @Override
        public void close() {
            release(this);
        }
    }

    /** @param openat2 false leaves openat2(2) out, as on a kernel that does not have it */
    DirCache(Fd root, boolean openat2) {
        this.root = root;
        this.byPath = openat2;
    }

    /**
     * The directory's descriptor, opened if need be.
     *
     * @throws PosixException ENOENT where it is gone, ESTALE where something else stands in its place
     */
    Lease lease(Dir dir) {
        Lease lease;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("The volume is closed");
            }
            lease = leases.computeIfAbsent(dir, Lease::new);
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

    private void release(Lease lease) {
        List<Lease> idle = new ArrayList<>(1);
        synchronized (this) {
            lease.users--;
            for (Iterator<Lease> all = leases.values().iterator();
                    all.hasNext() && (leases.size() > IDLE || closed); ) {
                Lease one = all.next();
                if (one.users == 0) {
                    all.remove();
                    idle.add(one);
                }
            }
        }
        idle.forEach(Lease::shut);
    }

    private Fd open(Dir dir) {
        byte[] path = dir.path().toBytes();
        try {
            if (path.length == 0) {
                return Fd.openat(root.number(), new byte[] {'.'}, OPEN_DIRECTORY, 0);
            }
            if (byPath && path.length <= LONGEST_PATH) {
                try {
                    return Fd.of(Posix.openat2(root.number(), path, OPEN_DIRECTORY, 0, RESOLVE));
                } catch (PosixException failed) {
                    if (failed.errno() != Errno.ENOSYS && failed.errno() != Errno.EPERM) {
                        throw failed;
                    }
                    byPath = false; // neither is ever said by a kernel that resolves the path
                }
            }
            return openByComponents(path);
        } catch (PosixException failed) {
            throw replaced(failed)
                    ? new PosixException("open", Errno.ESTALE, dir.toString())
                    : failed.at(dir.toString());
        }
    }

    private Fd openByComponents(byte[] path) {
        Fd at = root;
        int from = 0;
        while (from < path.length) {
            int to = from;
            while (to < path.length && path[to] != '/') {
                to++;
            }
            Fd parent = at;
            try {
                at = Fd.openat(parent.number(), component(path, from, to), OPEN_DIRECTORY, 0);
            } finally {
                if (parent != root) {
                    parent.close();
                }
            }
            from = to + 1;
        }
        return at;
    }

    private static byte[] component(byte[] path, int from, int to) {
        byte[] name = Arrays.copyOfRange(path, from, to);
        checkName(name);
        return name;
    }

    /** Refuses what no directory lists but a damaged one: a name that would lead elsewhere. */
    static void checkName(byte[] name) {
        boolean dots = name.length > 0 && name.length <= 2 && name[0] == '.' && name[name.length - 1] == '.';
        boolean slash = false;
        for (byte b : name) {
            slash |= b == '/';
        }
        if (dots || slash || name.length == 0) {
            throw new PosixException("open", Errno.EINVAL, io.stripeline.inode.RawPath.printable(name));
        }
    }

    /** True where a symlink or something else that is no directory stands in the way. */
    static boolean replaced(PosixException failed) {
        return failed.errno() == Errno.ELOOP || failed.errno() == Errno.ENOTDIR;
    }

    /** Descriptors held now, for tests. */
    synchronized int size() {
        return leases.size();
    }

    /** Closes what nobody uses; the rest when its users are done. The root stays its owner's. */
    @Override
    public void close() {
        List<Lease> idle = new ArrayList<>();
        synchronized (this) {
            closed = true;
            leases.values().removeIf(lease -> {
                if (lease.users == 0) {
                    idle.add(lease);
                }
                return lease.users == 0;
            });
        }
        idle.forEach(Lease::shut);
    }
}
