/**
 * Where chunks are. An <em>index file</em> lists the chunks of some packs, sorted by id; a {@link
 * io.stripeline.dedup.index.ChunkIndex} answers look-ups from all of them. Index files say nothing that the packs'
 * directories do not, and the look-up structures nothing that index files do not: both can be rebuilt at any time.
 */
@NullMarked
package io.stripeline.dedup.index;

import org.jspecify.annotations.NullMarked;
