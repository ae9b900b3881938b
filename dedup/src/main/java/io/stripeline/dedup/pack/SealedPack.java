package io.stripeline.dedup.pack;

import io.stripeline.snapshot.BlobId;
import io.stripeline.snapshot.BlobKind;

/** A durable pack and its directory, as an index file needs them. */
public record SealedPack(BlobId id, BlobKind kind, long sizeBytes, int chunks, PackDirectory directory) {}
