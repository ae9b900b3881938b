package io.stripeline.dedup.store;

import io.stripeline.snapshot.BlobId;

/** A root of the store; the body is the array of whoever asked. */
public record Root(BlobId id, RootKind kind, String session, byte[] body) {
    static String nameOf(BlobId id) {
        return "roots/" + id;
    }
}
