package io.stripeline.dedup;

import io.stripeline.FileSystemId;
import io.stripeline.Volume;
import io.stripeline.inode.RawPath;
import java.util.function.LongFunction;

/**
 * What is backed up: identity of a tree. Two backups of the same filesystem id and path are of the same tree, whatever
 * host made them.
 *
 * @param kind the driver's name
 * @param fileSystemId of the filesystem that holds the root
 * @param path the root as given, absolute
 * @param byDevice the filesystem id of a device number in the rows
 */
public record BackupSource(String kind, FileSystemId fileSystemId, RawPath path, LongFunction<FileSystemId> byDevice) {
    public static BackupSource of(Volume volume) {
        return new BackupSource(
                volume.kind(), volume.fileSystemId(), RawPath.of(volume.root().toString()), volume::fileSystemId);
    }
}
