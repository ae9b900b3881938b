package io.stripeline.dedup.blob;

import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A disk in memory whose power can fail. Data of a file is safe up to its last sync, names up to the last sync of their
 * directory; whatever came later may be there, torn, zeroed or gone. Each operation counts; at a chosen one the power fails,
 * or the disk is full.
 */
public final class PowerCutFiles implements FileOperations {
    /** Thrown by every operation once the power is off. */
    public static final class PowerOff extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Inode {
        byte[] bytes = new byte[0];
        byte[] safe = new byte[0];
    }

    private final Random random;
    private final Map<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> safeNames = new TreeMap<>();
    private final Set<String> directories = new TreeSet<>(Set.of(""));
    private final Set<String> safeDirectories = new TreeSet<>(Set.of(""));
    private long operations;
    private long failAt = Long.MAX_VALUE;
    private long roomBytes = Long.MAX_VALUE;
    private boolean off;

    public PowerCutFiles(long seed) {
        random = new Random(seed);
    }

    public BlobStore store() {
        return new DirectoryBlobStore(this);
    }

    public synchronized void cutAfter(long count) {
        failAt = operations + count;
    }

    public synchronized void room(long bytes) {
        roomBytes = bytes;
    }

    public synchronized long operations() {
        return operations;
    }

    public synchronized long temporaries() {
        return names.keySet().stream()
                .filter(name -> name.contains(DirectoryBlobStore.TEMPORARY))
                .count();
    }

    private static String parent(String name) {
        return name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
    }

    private void count() {
        if (off || ++operations >= failAt) {
            off = true;
            throw new PowerOff();
        }
    }

    private Inode at(String operation, String name) {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new PosixException(operation, Errno.ENOENT, name);
        }
        return inode;
    }

    /** Cuts the power if it is still on, decides what survived, and switches it on again. */
    public synchronized void restart() {
        Set<String> everyDirectory = new TreeSet<>(directories);
        directories.clear();
        for (String each : everyDirectory) { // parents sort before their children
            boolean survives = safeDirectories.contains(each) || random.nextBoolean();
            if (survives && (each.isEmpty() || directories.contains(parent(each)))) {
                directories.add(each);
            }
        }
        Map<String, Inode> after = new TreeMap<>();
        Set<String> every = new TreeSet<>(names.keySet());
        every.addAll(safeNames.keySet());
        for (String name : every) {
            Inode inode = random.nextBoolean() ? names.get(name) : safeNames.get(name);
            if (names.get(name) == safeNames.get(name)) {
                inode = safeNames.get(name);
            }
            if (inode != null && directories.contains(parent(name))) {
                after.put(name, inode);
            }
        }
        after.values().stream().distinct().forEach(this::tear);
        names.clear();
        names.putAll(after);
        safeNames.clear();
        safeNames.putAll(after);
        safeDirectories.clear();
        safeDirectories.addAll(directories);
        failAt = Long.MAX_VALUE;
        off = false;
    }

    private void tear(Inode inode) {
        if (!Arrays.equals(inode.bytes, inode.safe)) {
            int more = inode.bytes.length - inode.safe.length;
            byte[] torn = Arrays.copyOf(inode.bytes, inode.safe.length + random.nextInt(more + 1));
            for (int at = inode.safe.length; at < torn.length; at += 4096) {
                if (random.nextInt(3) == 0) {
                    Arrays.fill(torn, at, Math.min(at + 4096, torn.length), (byte) 0);
                }
            }
            inode.bytes = torn;
            inode.safe = torn;
        }
    }

    @Override
    public synchronized OpenFile create(String name) {
        count();
        if (names.containsKey(name)) {
            throw new PosixException("open", Errno.EEXIST, name);
        }
        if (!directories.contains(parent(name))) {
            throw new PosixException("open", Errno.ENOENT, name);
        }
        Inode inode = new Inode();
        names.put(name, inode);
        return new OpenFile() {
            @Override
            public void append(byte[] bytes, int from, int length) {
                synchronized (PowerCutFiles.this) {
                    count();
                    if (length > roomBytes) {
                        throw new PosixException("write", Errno.ENOSPC, name);
                    }
                    roomBytes -= length;
                    int old = inode.bytes.length;
                    inode.bytes = Arrays.copyOf(inode.bytes, old + length);
                    System.arraycopy(bytes, from, inode.bytes, old, length);
                }
            }

            @Override
            public void sync() {
                synchronized (PowerCutFiles.this) {
                    count();
                    inode.safe = inode.bytes;
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized int read(String name, long offset, byte[] target, int from, int length) {
        count();
        byte[] bytes = at("open", name).bytes;
        int n = (int) Math.max(0, Math.min(length, bytes.length - offset));
        if (n > 0) {
            System.arraycopy(bytes, (int) offset, target, from, n);
        }
        return n;
    }

    @Override
    public synchronized long sizeBytes(String name) {
        count();
        return at("stat", name).bytes.length;
    }

    @Override
    public synchronized boolean renameNew(String from, String to) {
        count();
        if (names.containsKey(to)) {
            return false;
        }
        names.put(to, at("rename", from));
        names.remove(from);
        return true;
    }

    @Override
    public synchronized void rename(String from, String to) {
        count();
        names.put(to, at("rename", from));
        names.remove(from);
    }

    @Override
    public synchronized void unlink(String name) {
        count();
        at("unlink", name);
        names.remove(name);
    }

    @Override
    public synchronized void makeDirectory(String name) {
        count();
        directories.add(name);
    }

    @Override
    public synchronized void syncDirectory(String name) {
        count();
        safeNames.keySet().removeIf(each -> parent(each).equals(name));
        names.forEach((each, inode) -> {
            if (parent(each).equals(name)) {
                safeNames.put(each, inode);
            }
        });
        directories.stream()
                .filter(each -> !each.isEmpty() && parent(each).equals(name))
                .forEach(safeDirectories::add);
    }

    @Override
    public void list(String directory, Consumer<String> each) {
        List<String> found = new ArrayList<>();
        int from = directory.isEmpty() ? 0 : directory.length() + 1;
        synchronized (this) {
            count();
            names.keySet().stream()
                    .filter(name -> parent(name).equals(directory))
                    .forEach(name -> found.add(name.substring(from)));
            directories.stream()
                    .filter(name -> !name.isEmpty() && parent(name).equals(directory))
                    .forEach(name -> found.add(name.substring(from) + "/"));
        }
        found.forEach(each);
    }

    @Override
    public String location() {
        return "power-cut model";
    }

    @Override
    public void close() {}
}
