package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import io.stripeline.posix.Errno;
import io.stripeline.posix.PosixException;
import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.FormatException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A session's object in the store: made before anything is read, renewed, confirmed, removed. */
final class SessionRecord {
    private final BlobStore store;
    private final byte[] id = new byte[16];
    private final List<BlobId> parents;
    private final long started = System.currentTimeMillis();
    private final String process = WriterProcess.own();
    private int renewed;
    private boolean ended;

    SessionRecord(BlobStore store, List<BlobId> parents) {
        this.store = store;
        this.parents = List.copyOf(parents);
        new SecureRandom().nextBytes(id);
        if (!store.createNew(name(), sealed())) {
            throw new IllegalStateException("Two sessions of one random name: " + name());
        }
    }

    byte[] id() {
        return id.clone();
    }

    String hex() {
        return HexFormat.of().formatHex(id);
    }

    private String name() {
        return "sessions/" + hex();
    }

    private byte[] sealed() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("session", id);
        map.put("parents", parents.stream().map(BlobId::toBytes).toList());
        map.put("renewed", renewed);
        map.put("host", String.valueOf(System.getenv().getOrDefault("HOSTNAME", "")));
        map.put("pid", ProcessHandle.current().pid());
        map.put("started", started);
        map.put("process", process);
        return Envelope.seal(Envelope.SESSION, map);
    }

    private static boolean exists(BlobStore store, String name) {
        try {
            store.sizeBytes(name);
            return true;
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return false;
            }
            throw failure;
        }
    }

    /** Whether prune has left this session alone. */
    boolean stands() {
        return exists(store, name()) && !exists(store, "tombstones/" + hex());
    }

    /**
     * Whether a session may still be at work: it has not ended, prune has not given it up, and its process is not known
     * to be gone.
     *
     * @param hex its name
     */
    static boolean lives(BlobStore store, String hex) {
        String name = "sessions/" + hex;
        byte[] bytes;
        try {
            if (exists(store, "tombstones/" + hex)) {
                return false;
            }
            bytes = store.read(name, Envelope.MAX_BYTES);
        } catch (PosixException failure) {
            return failure.errno() != Errno.ENOENT;
        }
        try {
            return !(Envelope.open(Envelope.SESSION, name, bytes).get("process") instanceof String process
                    && WriterProcess.isGone(process));
        } catch (FormatException damaged) {
            return true;
        }
    }

    /** Shows that this writer lives, unless it has ended; false where prune has given it up. */
    synchronized boolean renew() {
        if (ended) {
            return true;
        }
        if (!stands()) {
            return false;
        }
        renewed++;
        store.replace(name(), sealed());
        return true;
    }

    /** Ends the session. A renewal that is under way comes first: none may make the object again. */
    synchronized void remove() {
        ended = true;
        store.delete(name());
    }
}
