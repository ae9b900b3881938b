package io.stripeline.snapshot;

import io.stripeline.FileSystemId;
import io.stripeline.Shard;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.Timestamp;
import java.util.List;

/**
 * What seals a snapshot: who, what, when, and where its tables are (section 5 of the format).
 *
 * @param program name and version of the program that wrote it
 * @param host where it ran; for people, never to find a parent
 * @param user who ran it
 * @param kind the driver's name
 * @param filesystems by number; the first one holds the root of the tree
 * @param path the root of the tree as given, absolute
 * @param start when the walk began
 * @param end when the root was sealed
 * @param set id that the shards of one set share
 * @param shard which part of the set
 * @param tags free text
 * @param selection what the walk was told to take and to leave out; empty for everything
 * @param content false for names only
 * @param partial a checkpoint of a run that has not ended
 * @param incomplete something could not be read
 * @param parents ids of the roots that this run compared with
 * @param counts totals
 * @param tables 1 to 8, newest first; the newest wins where a key is in several
 */
public record SnapshotRoot(
        String program,
        String host,
        String user,
        String kind,
        List<FileSystemId> filesystems,
        RawPath path,
        Timestamp start,
        Timestamp end,
        String set,
        Shard shard,
        List<String> tags,
        List<String> selection,
        boolean content,
        boolean partial,
        boolean incomplete,
        List<String> parents,
        Counts counts,
        List<Tables> tables) {
    /** Most layers of one snapshot. */
    public static final int MAX_TABLES = 8;

    public SnapshotRoot {
        filesystems = List.copyOf(filesystems);
        tags = List.copyOf(tags);
        selection = List.copyOf(selection);
        parents = List.copyOf(parents);
        tables = List.copyOf(tables);
        if (tables.isEmpty() || tables.size() > MAX_TABLES) {
            throw new FormatException("A snapshot has 1 to " + MAX_TABLES + " tables, not " + tables.size());
        }
        if (filesystems.isEmpty()) {
            throw new FormatException("A snapshot names at least the filesystem of its root");
        }
    }

    /** The stored form. */
    public byte[] toBytes() {
        return RootCode.encode(this);
    }

    /**
     * Reads the stored form.
     *
     * @throws FormatException where it is damaged or of a version that this program does not know
     */
    public static SnapshotRoot fromBytes(byte[] bytes) {
        return RootCode.decode(bytes);
    }
}
