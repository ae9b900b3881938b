package io.stripeline.dedup.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where this user keeps on this machine what is known about one store and can be found out again: {@code
 * $XDG_CACHE_HOME/stripeline/<store id>}, else below {@code ~/.cache}. The system property {@code stripeline.cache} names
 * another directory instead of {@code $XDG_CACHE_HOME/stripeline}; empty, nothing is kept.
 */
final class CacheHome {
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
    static void make(Path directory) throws java.io.IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
