package io.stripeline.write;

import io.stripeline.inode.RawPath;
import java.util.List;

/**
 * How to restore. Immutable; each verb returns a copy.
 *
 * @param below directory under the volume's root that receives everything, made if missing; empty for the root itself
 * @param overwrite what to do where a name is there already
 * @param devices create character and block devices; else they are refused and reported
 * @param requireOwner a file whose owner cannot be set is an error rather than a counted warning
 * @param fates told of each entry, unless the restore fails or is cancelled before
 * @param chosen paths that were chosen; none where all that comes is wanted for itself
 */
public record RestorePlan(
        RawPath below, Overwrite overwrite, boolean devices, boolean requireOwner, Fates fates, List<RawPath> chosen) {
    /** What to do where a name is there already. A directory that is there is always entered, never replaced. */
    public enum Overwrite {
        /** Replace it. */
        ALWAYS,
        /** Replace it where its mtime is older than the stored one. */
        NEWER,
        /** Replace it where its mtime is younger than the stored one. */
        OLDER,
        /** Leave it. */
        NEVER
    }

    /** Into the volume's root, replacing what is there, without devices. */
    public static RestorePlan same() {
        return new RestorePlan(RawPath.ROOT, Overwrite.ALWAYS, false, false, Fates.UNHEARD, List.of());
    }

    public RestorePlan into(RawPath directory) {
        return new RestorePlan(directory, overwrite, devices, requireOwner, fates, chosen);
    }

    public RestorePlan overwrite(Overwrite rule) {
        return new RestorePlan(below, rule, devices, requireOwner, fates, chosen);
    }

    public RestorePlan devices(boolean create) {
        return new RestorePlan(below, overwrite, create, requireOwner, fates, chosen);
    }

    public RestorePlan requireOwner(boolean require) {
        return new RestorePlan(below, overwrite, devices, require, fates, chosen);
    }

    /** Tells {@code listener} of each entry. */
    public RestorePlan telling(Fates listener) {
        return new RestorePlan(below, overwrite, devices, requireOwner, listener, chosen);
    }

    /** Of a restore of these paths: a directory above them that is there keeps its attributes. */
    public RestorePlan choosing(List<RawPath> paths) {
        return new RestorePlan(below, overwrite, devices, requireOwner, fates, List.copyOf(paths));
    }

    /** True for a directory that comes only because something below it was chosen. */
    boolean isAbove(RawPath directory) {
        return !chosen.isEmpty() && chosen.stream().noneMatch(path -> path.contains(directory));
    }
}
