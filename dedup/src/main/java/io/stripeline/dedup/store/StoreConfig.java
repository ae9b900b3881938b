package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.cdc.ChunkSizes;
import io.stripeline.dedup.pack.PackFormat;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.FormatException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a store was made with; fixed for its life.
 *
 * @param store 16 random bytes that name it
 * @param chunks lengths of chunks
 * @param gearSeed 32 bytes from which cuts follow
 * @param level of zstd; 0 compresses nothing
 * @param packBytes when a pack is full
 * @param frameBytes data compressed together
 * @param metaFrameBytes metadata compressed together
 */
public record StoreConfig(
        byte[] store,
        ChunkSizes chunks,
        byte[] gearSeed,
        int level,
        int packBytes,
        int frameBytes,
        int metaFrameBytes) {
    /** What is in the place of a store before its config: of another process that makes it now, or of one that crashed. */
    public static final Set<String> BEFORE = Set.of("probes");

    static final String NAME = "config";

    /** When a pack is full, unless somebody says otherwise. */
    public static final int PACK_BYTES = 32 << 20;

    private static final int LEAST_PACK_BYTES = 16 << 20;
    /** A pack is closed behind the frame that fills it, and its directory follows. */
    private static final int PACK_MARGIN_BYTES = 64 << 20;

    public StoreConfig {
        if (store.length != 16 || gearSeed.length != 32) {
            throw new IllegalArgumentException("A store id has 16 bytes, a gear seed 32");
        }
        if (level < 0 || level > 19) {
            throw new IllegalArgumentException("Compression level " + level + ": 0 (none) to 19");
        }
        if (packBytes < 1 << 16 || packBytes > PackFormat.MAX_PACK_BYTES - PACK_MARGIN_BYTES) {
            throw new IllegalArgumentException("Pack of " + packBytes + " bytes: 64 KiB to 960 MiB");
        }
        if (frameBytes < 4096 || frameBytes > 1 << 20 || metaFrameBytes < 4096 || metaFrameBytes > 1 << 20) {
            throw new IllegalArgumentException("Frames are 4 KiB to 1 MiB");
        }
    }

    /** A new store: random id and seed, default chunks, packs of 32 MiB, frames of 1 MiB and 256 KiB. */
    public static StoreConfig create(int level) {
        SecureRandom random = new SecureRandom();
        byte[] store = new byte[16];
        byte[] seed = new byte[32];
        random.nextBytes(store);
        random.nextBytes(seed);
        return new StoreConfig(store, ChunkSizes.DEFAULT, seed, level, PACK_BYTES, 1 << 20, 256 << 10);
    }

    public StoreConfig withPackBytes(int bytes) {
        return new StoreConfig(store, chunks, gearSeed, level, bytes, frameBytes, metaFrameBytes);
    }

    /** Whether there is a store, of whatever version. */
    public static boolean isIn(BlobStore store) {
        try {
            store.sizeBytes(NAME);
            return true;
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return false;
            }
            throw failure;
        }
    }

    /** With packs of a size that a user may choose. */
    public StoreConfig withFullPackAt(long bytes) {
        if (bytes < LEAST_PACK_BYTES || bytes > PackFormat.MAX_PACK_BYTES) {
            throw new IllegalArgumentException("packs have 16 MiB to 1 GiB, not " + bytes + " bytes");
        }
        return withPackBytes((int) Math.min(bytes, PackFormat.MAX_PACK_BYTES - PACK_MARGIN_BYTES));
    }

    byte[] seal() {
        Map<String, Object> chunker = new LinkedHashMap<>();
        chunker.put("algorithm", "fastcdc-gear64");
        chunker.put("minBytes", chunks.minBytes());
        chunker.put("averageBytes", chunks.averageBytes());
        chunker.put("maxBytes", chunks.maxBytes());
        chunker.put("normalisation", chunks.normalisation());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", 1);
        map.put("store", store);
        map.put("required", List.of());
        map.put("idAlgorithm", "sha256");
        map.put("chunker", chunker);
        map.put("gearSeed", gearSeed);
        map.put("codec", level == 0 ? "none" : "zstd");
        map.put("level", level);
        map.put("packBytes", packBytes);
        map.put("frameBytes", frameBytes);
        map.put("metaFrameBytes", metaFrameBytes);
        return Envelope.seal(Envelope.CONFIG, map);
    }

    @SuppressWarnings("unchecked")
    static StoreConfig open(byte[] bytes) {
        Map<String, Object> map = Envelope.open(Envelope.CONFIG, NAME, bytes);
        refuseUnknown("version", "1", String.valueOf(Envelope.number(NAME, map, "version")));
        List<?> required = Envelope.list(NAME, map, "required");
        if (!required.isEmpty()) {
            throw new FormatException("This store needs features that this program does not know: " + required
                    + ". Use a newer program.");
        }
        refuseUnknown("idAlgorithm", "sha256", Envelope.text(NAME, map, "idAlgorithm"));
        if (!(map.get("chunker") instanceof Map<?, ?> chunker)) {
            throw new FormatException(NAME + ": no chunker");
        }
        Map<String, Object> sizes = (Map<String, Object>) chunker;
        refuseUnknown("chunker", "fastcdc-gear64", Envelope.text(NAME, sizes, "algorithm"));
        try {
            return new StoreConfig(
                    Envelope.bytes(NAME, map, "store"),
                    new ChunkSizes(
                            Envelope.number(NAME, sizes, "minBytes"),
                            Envelope.number(NAME, sizes, "averageBytes"),
                            Envelope.number(NAME, sizes, "maxBytes"),
                            Envelope.number(NAME, sizes, "normalisation")),
                    Envelope.bytes(NAME, map, "gearSeed"),
                    Envelope.number(NAME, map, "level"),
                    Envelope.number(NAME, map, "packBytes"),
                    Envelope.number(NAME, map, "frameBytes"),
                    Envelope.number(NAME, map, "metaFrameBytes"));
        } catch (IllegalArgumentException impossible) {
            throw new FormatException(NAME + ": " + impossible.getMessage(), impossible);
        }
    }

    private static void refuseUnknown(String what, String known, String found) {
        if (!known.equals(found)) {
            throw new FormatException("This store has " + what + " " + found + "; this program knows " + known
                    + " only. Use a newer program.");
        }
    }
}
