package io.stripeline.dedup.store;

import io.stripeline.posix.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where this user keeps on this machine what is known about one store and can be found out again: {@code
 * $XDG_CACHE_HOME/stripeline/<store id>}, else below {@code ~/.cache}. The system property {@code stripeline.cache} names
 * another directory instead of {@code $XDG_CACHE_HOME/stripeline}; empty, nothing is kept.
 */
final class CacheHome {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int FILE_TYPE = 0170000;
    private static final int DIRECTORY = 0040000;

    /** Filesystems that other machines may have mounted at the same time, where locks may hold on one of them alone. */
    private static final Set<String> SHARED = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "afs",
            "lustre",
            "gpfs",
            "beegfs",
            "beegfs_nodev",
            "ceph",
            "wekafs",
            "orangefs",
            "pvfs2",
            "ocfs2",
            "gfs2",
            "9p",
            "virtiofs");

    private CacheHome() {}

    /** The store's directory, whether it is there or not; null where nothing may be kept. */
    static @Nullable Path of(byte[] storeId) {
        Path base = base();
        return base == null ? null : base.resolve(HexFormat.of().formatHex(storeId));
    }

    private static @Nullable Path base() {
        String chosen = System.getProperty("stripeline.cache");
        if (chosen != null) {
            return chosen.isEmpty() ? null : Path.of(chosen);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        if (cache != null && cache.startsWith("/")) {
            return Path.of(cache, "stripeline");
        }
        String home = System.getenv("HOME");
        return home != null && home.startsWith("/") ? Path.of(home, ".cache", "stripeline") : null;
    }

    /** Makes a directory that only this user can enter. */
    static void make(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * Makes a directory in a store's, for what is believed later: on this machine's disk, and nobody else can have
     * written to it.
     */
    static Path makeTrusted(Path home, String name) throws IOException {
        Path directory = home.toAbsolutePath().resolve(name);
        make(directory);
        int levels = 3; // of the program, of the store, this one
        for (Path each = directory; each != null && levels > 0; each = each.getParent(), levels--) {
            requireOwn(each);
        }
        String type = Files.getFileStore(directory).type();
        if (isShared(type)) {
            throw new IOException(directory + " is on " + type + ", which other machines may use at the same time:"
                    + " set XDG_CACHE_HOME to a directory on a local disk");
        }
        return directory;
    }

    private static void requireOwn(Path directory) throws IOException {
        Map<String, Object> is = Files.readAttributes(directory, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        if (!(is.get("mode") instanceof Integer mode)
                || (mode & FILE_TYPE) != DIRECTORY
                || (mode & WRITABLE_BY_OTHERS) != 0
                || !Objects.equals(is.get("uid"), Processes.effectiveUid())) {
            throw new IOException(directory + " is not a directory that this user alone can write to");
        }
    }

    /** Whether a filesystem of that type, as in {@code /proc/mounts}, may be mounted by several machines at once. */
    static boolean isShared(String type) {
        return SHARED.contains(type) || type.startsWith("fuse.") && !type.equals("fuse.fuse-overlayfs");
    }
}
