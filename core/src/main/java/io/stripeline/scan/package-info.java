/**
 * The walk: who looks at which directory, in which order, with how many requests in flight.
 *
 * <p>A scan turns a {@link io.stripeline.scan.ScanSpec} into a {@code Flux} of {@link io.stripeline.inode.InodeBatch}.
 * Work items are batches of names of one directory, stolen between workers, so that one huge directory is shared by all
 * and a deep tree does not wait for its longest branch. Memory is bounded by the queues, whatever the tree.
 */
@NullMarked
package io.stripeline.scan;

import org.jspecify.annotations.NullMarked;
