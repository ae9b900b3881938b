package io.stripeline.dedup.store;

import io.stripeline.dedup.blob.BlobStore;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tries out whether a blob store keeps the guarantees that one client can see. */
final class Probe {
    private Probe() {}

    static void run(BlobStore store) {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String name = "probes/" + HexFormat.of().formatHex(random);
        try {
            demand(store.createNew(name, random), store, "creates a new object");
            demand(!store.createNew(name, new byte[1]), store, "refuses to create an object twice");
            demand(Arrays.equals(store.read(name, 64), random), store, "gives back what was written");
            AtomicBoolean listed = new AtomicBoolean();
            store.list(
                    "probes", entry -> listed.compareAndSet(false, entry.name().equals(name)));
            demand(listed.get(), store, "lists what was written");
        } finally {
            store.delete(name);
        }
    }

    private static void demand(boolean held, BlobStore store, String what) {
        if (!held) {
            throw new IllegalStateException(store.location() + " is not fit for a store: it does not hold that it "
                    + what + ". Use another filesystem.");
        }
    }
}
