package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
            Map<String, Object> map = Envelope.open(Envelope.CONDEMNED, name, store.read(name, Envelope.MAX_BYTES));
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
        copies.put(BlobId.of(pack, 0), set);
    }

    boolean has(BlobId pack, BlobId id) {
        if (copies.isEmpty()) {
            return false;
        }
        Set<BlobId> ids = copies.get(pack);
        return ids != null && (ids.isEmpty() || ids.contains(id));
    }
}
