/**
 * Snapshots: the namespace of one tree at one time, with or without content, in one format ({@code
 * core/docs/snapshot-format.md}).
 *
 * <p>A <em>blob</em> is a byte string named by its digest ({@link io.stripeline.snapshot.BlobId}); {@link
 * io.stripeline.snapshot.BlobSink} takes blobs, {@link io.stripeline.snapshot.BlobSource} gives them back. A
 * <em>row</em> is one name with its inode, attributes, {@link io.stripeline.snapshot.Content} and {@link
 * io.stripeline.snapshot.RowState}. Rows of one directory in name order, as columns, are a <em>part</em>; parts stand
 * in a sorted <em>table</em> by directory key (path with {@code /} as 0x00). A {@link
 * io.stripeline.snapshot.SnapshotRoot} seals it all.
 *
 * <p>{@link io.stripeline.snapshot.SnapshotWriter} takes rows in any order and sorts outside of memory; {@link
 * io.stripeline.snapshot.SnapshotReader} finds and streams them; {@link io.stripeline.snapshot.Diff} compares two
 * snapshots and skips what they share. Memory is bounded whatever the number or width of directories. Damaged bytes are
 * a {@link io.stripeline.snapshot.FormatException}, never an endless allocation.
 */
@NullMarked
package io.stripeline.snapshot;

import org.jspecify.annotations.NullMarked;
