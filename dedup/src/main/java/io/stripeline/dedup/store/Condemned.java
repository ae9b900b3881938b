package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.ReadFailure;
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
import java.util.TreeMap;

/**
 * Copies that nothing new may refer to: those that a prune is about to remove, and damaged ones. Where a list cannot be
 * read nobody knows what it names, so every copy counts as named.
 */
final class Condemned {
    /** Packs of one list: about 5 MiB, far below what an envelope may hold. */
    private static final int LIST_PACKS = 100_000;

    private final Map<BlobId, Set<BlobId>> copies = new HashMap<>();
    private final Map<String, FormatException> unreadable = new TreeMap<>();

    static Condemned read(BlobStore store) {
        List<String> names = new ArrayList<>();
        store.list("condemned", entry -> {
            if (Names.isOfSession(entry.name())) { // what people put there is no list
                names.add(entry.name());
            }
        });
        Condemned out = new Condemned();
        for (String name : names) {
            try {
                byte[] bytes = store.read(name, Envelope.MAX_BYTES);
                Map<String, Object> map = Envelope.open(Envelope.CONDEMNED, name, bytes);
                Envelope.list(name, map, "copies").forEach(copy -> out.add(name, copy));
            } catch (PosixException failure) {
                if (failure.errno() != Errno.ENOENT) { // else prune is done with it
                    out.unreadable.put(name, ReadFailure.asDamage(name, failure));
                }
            } catch (FormatException broken) {
                out.unreadable.put(name, broken);
            }
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
        return copies.isEmpty() && unreadable.isEmpty();
    }

    /** The lists that could not be read, by name. */
    Map<String, FormatException> unreadable() {
        return unreadable;
    }

    /**
     * Publishes packs whose copies nothing new may refer to, in as many lists as they need.
     *
     * @param packs whole ones
     */
    static void write(BlobStore store, Collection<BlobId> packs) {
        List<Map<String, Object>> copies = new ArrayList<>();
        for (BlobId pack : packs) {
            copies.add(Map.of("pack", pack.toBytes(), "ids", new byte[0]));
            if (copies.size() == LIST_PACKS) {
                writeList(store, copies);
                copies.clear();
            }
        }
        if (!copies.isEmpty()) {
            writeList(store, copies);
        }
    }

    private static void writeList(BlobStore store, List<Map<String, Object>> copies) {
        byte[] name = new byte[16];
        new SecureRandom().nextBytes(name);
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
        if (!unreadable.isEmpty()) {
            return true;
        }
        if (copies.isEmpty()) {
            return false;
        }
        Set<BlobId> ids = copies.get(pack);
        return ids != null && (ids.isEmpty() || ids.contains(id));
    }
}
