/**
 * From entries to bytes: the reader stage turns batches of a scan into {@link io.stripeline.flow.Item}s.
 *
 * <p>Small files are the common case: several are opened and read ahead in parallel while one is sent, and the order on
 * the wire is the order of the scan. Large files are read by blocks, a window of them in flight, delivered strictly in
 * order. {@link io.stripeline.read.ContentSource} is what a driver gives for it.
 */
@NullMarked
package io.stripeline.read;

import org.jspecify.annotations.NullMarked;
