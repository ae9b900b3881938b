package io.stripeline.dedup.blob;

import io.stripeline.posix.Errno;
import io.stripeline.posix.Fcntl;
import io.stripeline.posix.Fd;
import io.stripeline.posix.Namespace;
import io.stripeline.posix.PosixException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files of a directory on a local or parallel filesystem. An object is written under a temporary name in the
 * folder it will stand in, fsynced, renamed to its name without replacing (or replacing, for {@link #replace}), and the
 * folder is fsynced. Files have mode 0600, folders 0700.
 *
 * <p>The filesystem must keep names coherent between its clients: local filesystems, Lustre, GPFS, CephFS, BeeGFS and
 * WekaFS do; NFS only where one client uses the store.
 */
public final class DirectoryBlobStore implements BlobStore {
    static final String TEMPORARY = ".tmp-";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(/[a-z0-9]+)*");
    private static final Pattern UNFINISHED = Pattern.compile("([a-z0-9]+/)*\\.tmp-[0-9a-f]{24}");

    private final FileOperations files;
    /** Folders known to be there and durable. */
    private final Set<String> folders = ConcurrentHashMap.newKeySet();

    DirectoryBlobStore(FileOperations files) {
        this.files = files;
        folders.add("");
    }

    /** Opens an existing directory. ENOENT where there is none. */
    public static DirectoryBlobStore open(byte[] path) {
        Fd root = Fd.openat(Fcntl.AT_FDCWD, path, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
        return new DirectoryBlobStore(new PosixFiles(root, new String(path, java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** Opens a directory that Java can name. */
    public static DirectoryBlobStore open(Path path) {
        return open(path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Makes the directory (its parent must exist) where it is missing, durably, and opens it. */
    public static DirectoryBlobStore make(byte[] path) {
        boolean made = true;
        try {
            Namespace.mkdirat(Fcntl.AT_FDCWD, path, 0700);
        } catch (PosixException failure) {
            if (failure.errno() != Errno.EEXIST) {
                throw failure;
            }
            made = false;
        }
        DirectoryBlobStore store = open(path);
        if (made) {
            try {
                store.files.syncDirectory("..");
            } catch (PosixException failure) {
                store.close();
                throw failure;
            }
        }
        return store;
    }

    /**
     * Something in the directory itself that is not of a store about to be made; null where there is nothing such. The
     * {@code lost+found} of a filesystem is no stranger.
     *
     * @param own names that a store makes before it is one
     */
    public @Nullable String stranger(Set<String> own) {
        String[] found = new String[1];
        files.list("", name -> {
            String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
            boolean known = own.contains(plain)
                    || plain.equals("lost+found")
                    || UNFINISHED.matcher(plain).matches();
            if (!known) {
                found[0] = plain;
            }
        });
        return found[0];
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a name of an object: " + name);
        }
        return name;
    }

    private static String folderOf(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    private static String temporaryIn(String folder) {
        byte[] random = new byte[12];
        RANDOM.nextBytes(random);
        String name = TEMPORARY + HexFormat.of().formatHex(random);
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    /** Makes a folder, and its name durable before anything in it can count as durable. */
    private void ensureFolder(String folder) {
        if (folders.contains(folder)) {
            return;
        }
        ensureFolder(folderOf(folder));
        files.makeDirectory(folder);
        files.syncDirectory(folderOf(folder));
        folders.add(folder);
    }

    @Override
    public BlobWriter create(String name) {
        String folder = folderOf(checked(name));
        ensureFolder(folder);
        String temporary = temporaryIn(folder);
        return new DirectoryBlobWriter(files, files.create(temporary), temporary, name, folder);
    }

    @Override
    public boolean createNew(String name, byte[] bytes) {
        try (DirectoryBlobWriter writer = (DirectoryBlobWriter) create(name)) {
            writer.write(bytes, 0, bytes.length);
            return writer.commitUnlessTaken();
        }
    }

    @Override
    public void replace(String name, byte[] bytes) {
        try (DirectoryBlobWriter writer = (DirectoryBlobWriter) create(name)) {
            writer.write(bytes, 0, bytes.length);
            writer.commitReplacing();
        }
    }

    @Override
    public byte[] read(String name, int maxBytes) {
        long size = files.sizeBytes(checked(name));
        if (size > maxBytes) {
            throw new PosixException("read", Errno.EFBIG, location() + "/" + name);
        }
        byte[] out = new byte[(int) size];
        int n = files.read(name, 0, out, 0, out.length);
        return n == out.length ? out : java.util.Arrays.copyOf(out, n);
    }

    @Override
    public int read(String name, long offset, byte[] target, int from, int length) {
        return files.read(checked(name), offset, target, from, length);
    }

    @Override
    public long sizeBytes(String name) {
        return files.sizeBytes(checked(name));
    }

    @Override
    public void list(String folder, Consumer<Entry> each) {
        files.list(checked(folder), name -> {
            String whole = folder + "/" + name;
            if (name.endsWith("/")) {
                String below = whole.substring(0, whole.length() - 1);
                if (NAME.matcher(below).matches()) {
                    list(below, each);
                }
            } else if (NAME.matcher(whole).matches()) {
                tell(whole, each);
            }
        });
    }

    private void tell(String name, Consumer<Entry> each) {
        long size;
        try {
            size = files.sizeBytes(name);
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return; // removed since it was listed
            }
            throw failure;
        }
        each.accept(new Entry(name, size));
    }

    @Override
    public void delete(String name) {
        if (unlink(checked(name))) {
            files.syncDirectory(folderOf(name));
        }
    }

    private boolean unlink(String name) {
        try {
            files.unlink(name);
            return true;
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return false;
            }
            throw failure;
        }
    }

    @Override
    public void listUnfinished(Consumer<Entry> each) {
        listUnfinished("", each);
    }

    private void listUnfinished(String folder, Consumer<Entry> each) {
        String prefix = folder.isEmpty() ? "" : folder + "/";
        files.list(folder, name -> {
            String whole = prefix + name;
            if (UNFINISHED.matcher(whole).matches()) {
                tell(whole, each);
            } else if (name.endsWith("/")) {
                String below = whole.substring(0, whole.length() - 1);
                if (NAME.matcher(below).matches()) {
                    listUnfinished(below, each);
                }
            }
        });
    }

    @Override
    public void deleteUnfinished(String name) {
        if (!UNFINISHED.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a name of something unfinished: " + name);
        }
        unlink(name); // not durable: what comes back after a power cut is found again
    }

    @Override
    public String location() {
        return files.location();
    }

    @Override
    public void close() {
        files.close();
    }
}
