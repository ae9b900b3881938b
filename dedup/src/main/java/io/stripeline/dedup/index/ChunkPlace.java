package io.stripeline.dedup.index;

import io.stripeline.snapshot.BlobId;

/**
 * Where a chunk is.
 *
 * @param pack its pack
 * @param frameOffset of the frame's header in the pack
 * @param frameStoredBytes length of the frame without its header
 * @param offset of the chunk in the raw frame
 * @param lengthBytes of the chunk
 */
public record ChunkPlace(BlobId pack, int frameOffset, int frameStoredBytes, int offset, int lengthBytes) {}
