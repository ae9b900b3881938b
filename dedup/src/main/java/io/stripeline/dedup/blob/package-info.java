/**
 * Where a store's bytes live. An <em>object</em> is a named byte string; names are lower case ASCII with {@code /}
 * between folders ({@code packs/3f/3f09...}). {@link io.stripeline.dedup.blob.BlobStore} says what every kind of store
 * must promise; {@link io.stripeline.dedup.blob.DirectoryBlobStore} keeps objects as files of a directory.
 *
 * <p>Failures are {@link io.stripeline.posix.PosixException}s: ENOENT for an object that is not there, ENOSPC and EDQUOT
 * for a full store, EIO and others as the destination reports them.
 */
@NullMarked
package io.stripeline.dedup.blob;

import org.jspecify.annotations.NullMarked;
