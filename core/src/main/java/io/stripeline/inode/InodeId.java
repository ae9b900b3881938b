package io.stripeline.inode;

/**
 * What identifies an inode within one filesystem, 128 bits wide so that a Lustre FID fits.
 *
 * @param device which of the volume's mounted filesystems, as {@code st_dev} of this boot; never stored (a snapshot
 *     stores the driver's stable filesystem id instead)
 * @param high upper half: FID sequence on Lustre, the inode's generation where it is known, else 0
 * @param low lower half: inode number, or object id and version of a FID
 */
public record InodeId(long device, long high, long low) {}
