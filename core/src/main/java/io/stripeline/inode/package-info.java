/**
 * The words for what a namespace holds.
 *
 * <p>An {@link io.stripeline.inode.Inode} is the set of attributes that statx(2) tells; it has an {@link
 * io.stripeline.inode.InodeId} and one or more names. An {@link io.stripeline.inode.Entry} is one name with its inode
 * and what enrichment added ({@link io.stripeline.inode.Attributes}: xattrs, ACLs, link target, flags, layout). A
 * {@link io.stripeline.inode.Dir} is a directory as a walk reached it. An {@link io.stripeline.inode.InodeBatch} is up
 * to 256 rows in columns: scans emit batches, everything from enrichment on handles entries.
 *
 * <p>Paths and names are bytes ({@link io.stripeline.inode.RawPath}): any byte but {@code /} and NUL, never decoded
 * except for a message. Times are seconds and nanoseconds. All types are immutable, except a batch while its scan fills
 * it.
 */
@NullMarked
package io.stripeline.inode;

import org.jspecify.annotations.NullMarked;
