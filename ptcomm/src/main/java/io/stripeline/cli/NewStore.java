package io.stripeline.cli;

import io.stripeline.dedup.DedupStore;
import io.stripeline.program.Figures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to make a store that is not there; what one that is there keeps for its life.
 *
 * @param level of zstd, null for the default
 * @param packBytes size of packs, null for the default
 */
record NewStore(@Nullable Integer level, @Nullable Long packBytes) {
    private static final long LEAST_PACK_BYTES = 16L << 20;
    private static final long MOST_PACK_BYTES = 1L << 30;

    /** @throws Trouble.Usage for values that no store takes */
    static NewStore of(@Nullable String compression, @Nullable String packSize) {
        return new NewStore(
                compression == null ? null : Given.as("--compression", compression, Compression::level),
                packSize == null ? null : Given.as("--pack-size", packSize, NewStore::packBytes));
    }

    private static long packBytes(String text) {
        long bytes = Figures.parseBytes(text);
        if (bytes < LEAST_PACK_BYTES || bytes > MOST_PACK_BYTES) {
            throw new IllegalArgumentException("packs have 16M to 1G, not " + text);
        }
        return bytes;
    }

    /** Opens the store, or makes it. */
    DedupStore open(Path directory) {
        if (level == null && packBytes == null) {
            return DedupStore.openOrCreate(directory);
        }
        if (Files.exists(directory.resolve("config"))) {
            List<String> given = new ArrayList<>();
            if (level != null) {
                given.add("--compression");
            }
            if (packBytes != null) {
                given.add("--pack-size");
            }
            throw new Trouble.Refused(directory + " is there already, and keeps what it was made with; leave "
                    + String.join(" and ", given) + " away");
        }
        int useLevel = level == null ? DedupStore.LEVEL : level;
        return packBytes == null
                ? DedupStore.openOrCreate(directory, useLevel)
                : DedupStore.openOrCreate(directory, useLevel, packBytes);
    }
}
