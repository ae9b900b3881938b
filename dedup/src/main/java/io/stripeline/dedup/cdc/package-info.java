/**
 * Content-defined chunking. A <em>cut</em> is where a chunk ends; cuts depend on the bytes since the cut before, on the
 * parameters and on the gear seed, and on nothing else: not on how the input was split into buffers, not on the JVM.
 */
@NullMarked
package io.stripeline.dedup.cdc;

import org.jspecify.annotations.NullMarked;
