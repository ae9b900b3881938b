package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.dedup.blob.ReadFailure;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Writes, reads and lists roots; leaves out those that a tombstone voids. */
final class Roots {
    private final BlobStore store;

    Roots(BlobStore store) {
        this.store = store;
    }

    BlobId write(RootKind kind, byte[] session, byte[] body) {
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind.stored());
        map.put("session", session);
        map.put("nonce", nonce);
        map.put("body", body);
        byte[] sealed = Envelope.seal(Envelope.ROOT, map);
        BlobId id = Envelope.payloadId(sealed);
        if (!store.createNew(Root.nameOf(id), sealed)) {
            throw new IllegalStateException("Two roots of one name: " + id);
        }
        return id;
    }

    void remove(BlobId id) {
        store.delete(Root.nameOf(id));
    }

    Root read(BlobId id) {
        String name = Root.nameOf(id);
        byte[] bytes = store.read(name, Envelope.MAX_BYTES);
        Map<String, Object> map = Envelope.open(Envelope.ROOT, name, bytes);
        if (!Envelope.payloadId(bytes).equals(id)) {
            throw new FormatException(name + " at byte 0: the content belongs to another root");
        }
        String kind = Envelope.text(name, map, "kind");
        RootKind known = Arrays.stream(RootKind.values())
                .filter(each -> each.stored().equals(kind))
                .findFirst()
                .orElseThrow(() -> new FormatException(name + ": a root of kind " + kind + "; use a newer program"));
        String session = HexFormat.of().formatHex(Envelope.bytes(name, map, "session"));
        return new Root(id, known, session, Envelope.bytes(name, map, "body"));
    }

    /** All roots that stand; damaged ones go to {@code damaged}. */
    List<Root> list(Consumer<FormatException> damaged) {
        List<BlobId> ids = new ArrayList<>();
        store.list("roots", entry -> {
            BlobId id = Names.idOf(entry.name());
            if (id != null) {
                ids.add(id);
            }
        });
        Map<String, Set<BlobId>> tombstones = tombstones();
        List<Root> out = new ArrayList<>();
        for (BlobId id : ids) {
            try {
                Root root = read(id);
                Set<BlobId> standing = tombstones.get(root.session());
                if (standing == null || standing.contains(id)) {
                    out.add(root);
                }
            } catch (PosixException failure) {
                if (failure.errno() != Errno.ENOENT) { // else removed since it was listed
                    damaged.accept(ReadFailure.asDamage(Root.nameOf(id), failure));
                }
            } catch (FormatException failure) {
                damaged.accept(failure);
            }
        }
        return out;
    }

    private Map<String, Set<BlobId>> tombstones() {
        List<String> names = new ArrayList<>();
        store.list("tombstones", entry -> {
            if (Names.isOfSession(entry.name())) {
                names.add(entry.name());
            }
        });
        Map<String, Set<BlobId>> out = new HashMap<>();
        for (String name : names) {
            byte[] bytes;
            try {
                bytes = store.read(name, Envelope.MAX_BYTES);
            } catch (PosixException failure) {
                if (failure.errno() == Errno.ENOENT) {
                    continue; // removed since it was listed, and before it the roots that it voids
                }
                throw failure;
            }
            Map<String, Object> map = Envelope.open(Envelope.TOMBSTONE, name, bytes);
            Set<BlobId> roots = new HashSet<>();
            for (Object each : Envelope.list(name, map, "roots")) {
                if (!(each instanceof byte[] root) || root.length != BlobId.BYTES) {
                    throw new FormatException(name + ": a root's id of another form");
                }
                roots.add(BlobId.of(root, 0));
            }
            out.put(HexFormat.of().formatHex(Envelope.bytes(name, map, "session")), roots);
        }
        return out;
    }
}
