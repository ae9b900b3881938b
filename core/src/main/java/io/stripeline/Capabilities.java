package io.stripeline;

import java.time.Duration;

/**
 * What a volume can do, for this user on this mount. Code asks this record, never the driver's class.
 *
 * @param changes a native source of changes exists
 * @param layouts layouts can be read
 * @param setLayout a file can be created with a layout
 * @param hardLinks names can share an inode
 * @param xattrs extended attributes can be read
 * @param allXattrs those of {@code trusted.} and all of {@code security.} too, and owners can be set: needs privilege
 * @param holes holes are told apart from zeros (SEEK_DATA)
 * @param generation the inode's generation is part of its identity
 * @param timeGranularity two changes closer than this may carry the same time; a change seen closer than this before it
 *     is recorded is not settled
 * @param metadataLanes number of metadata targets with lanes of their own; 1 where there is no such thing
 */
public record Capabilities(
        boolean changes,
        boolean layouts,
        boolean setLayout,
        boolean hardLinks,
        boolean xattrs,
        boolean allXattrs,
        boolean holes,
        boolean generation,
        Duration timeGranularity,
        int metadataLanes) {}
