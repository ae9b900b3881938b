package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies that a prune is about to remove; a session counts them as absent. Immutable. */
final class Condemned {
    private final Map<BlobId, Set<BlobId>> copies = new HashMap<>();

    static Condemned read(BlobStore store) {
        List<String> names = new ArrayList<>();
        store.list("condemned", entry -> names.add(entry.name()));
        Condemned out = new Condemned();
        for (String name : names) {
            byte[] bytes;
            try {
                bytes = store.read(name, Envelope.MAX_BYTES);
            } catch (PosixException failure) {
                if (failure.errno() == Errno.ENOENT) {
                    continue; // prune is done with it
                }
                throw failure;
            }
            Map<String, Object> map = Envelope.open(Envelope.CONDEMNED, name, bytes);
            Envelope.list(name, map, "copies").forEach(copy -> out.add(name, copy));
        }
        return out;
    }

    @SuppressWarnings("unchecked")
    private void add(String name, Object copy) {
        if (!(copy instanceof Map<?, ?> fields)) {
            throw new FormatException(name + ": a copy that is no map");
        }
        byte[] pack = Envelope.bytes(name, (Map<String, Object>) fields, "pack");
        byte[] ids = Envelope.bytes(name, (Map<String, Object>) fields, "ids");
        if (pack.length != BlobId.BYTES || ids.length % BlobId.BYTES != 0) {
            throw new FormatException(name + ": ids of another length");
        }
        Set<BlobId> set = new HashSet<>();
        for (int at = 0; at < ids.length; at += BlobId.BYTES) {
            set.add(BlobId.of(ids, at));
        }
        // two lists may name one pack: no ids stands for all of them
        copies.merge(BlobId.of(pack, 0), set, (one, two) -> {
            if (one.isEmpty() || two.isEmpty()) {
                return Set.of();
            }
            one.addAll(two);
            return one;
        });
    }

    boolean isEmpty() {
        return copies.isEmpty();
    }

    /**
     * Publishes packs whose copies nothing new may refer to.
     *
     * @param packs whole ones
     */
    static void write(BlobStore store, Collection<BlobId> packs) {
        byte[] name = new byte[16];
        new SecureRandom().nextBytes(name);
        List<Map<String, Object>> copies = new ArrayList<>();
        for (BlobId pack : packs) {
            copies.add(Map.of("pack", pack.toBytes(), "ids", new byte[0]));
        }
        store.createNew(
                "condemned/" + HexFormat.of().formatHex(name),
                Envelope.seal(Envelope.CONDEMNED, Map.of("copies", copies)));
    }

    /** Whether the whole pack is condemned. */
    boolean hasAll(BlobId pack) {
        Set<BlobId> ids = copies.get(pack);
        return ids != null && ids.isEmpty();
    }

    boolean has(BlobId pack, BlobId id) {
        if (copies.isEmpty()) {
            return false;
        }
        Set<BlobId> ids = copies.get(pack);
        return ids != null && (ids.isEmpty() || ids.contains(id));
    }
}
