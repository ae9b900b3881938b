/**
 * Memory for file data: {@link io.stripeline.slab.Slab}s of one size from one bounded {@link
 * io.stripeline.slab.SlabPool}, direct memory outside Netty and the heap.
 *
 * <p>The pool is the hard bound on memory: take a slab first, then issue the read; when the pool is empty nobody reads.
 * Slabs are granted in file order ({@link io.stripeline.slab.SlabPool.Ticket}), so that readers of later files cannot
 * hold every slab while the file at the head of the line waits for one.
 */
@NullMarked
package io.stripeline.slab;

import org.jspecify.annotations.NullMarked;
