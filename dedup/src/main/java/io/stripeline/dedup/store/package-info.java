/**
 * The store: packs, index files, roots and sessions put together by the commit protocol of {@code
 * dedup/docs/store-format.md}. A {@link io.stripeline.dedup.store.Repository} is one open store; a {@link
 * io.stripeline.dedup.store.WriteSession} is one writer at work. Only a committed <em>root</em> is acknowledged; a
 * <em>partial</em> root is a checkpoint that a later try may start from.
 */
@NullMarked
package io.stripeline.dedup.store;

import org.jspecify.annotations.NullMarked;
