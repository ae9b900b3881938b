package io.stripeline.change;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;

/**
 * One partial fact from a {@link ChangeSource}: where to look, not what to find there. Order matters to no one but for
 * the places of directories that are gone, where the first and the last are kept.
 *
 * <p>What a source owes: a new inode is {@code Touched} or {@code Named}; so is one that got another name. A name that was
 * taken away is {@code Gone}, and its inode {@code Touched} if it has other names. A file that was renamed is both. A
 * directory whose entries changed is Touched, for its times. A directory that was renamed is {@code Moved}, also where it comes from outside the tree or leaves it. What was removed
 * with all below it is {@code Gone} once for each name.
 */
public sealed interface Change {
    /** Content, attributes or names of an inode changed, or it is new. All its names are looked at. */
    record Touched(InodeId inode) implements Change {}

    /** Something came or changed under a name; for sources that do not tell identities. */
    record Named(At at) implements Change {}

    /**
     * A name was taken away, by unlink, rmdir, or a rename of anything but a directory.
     *
     * @param directory what it named was a directory
     * @param inode what it named; null where that is not known. Of a directory it tells where names below it were, so a
     *     source that tells places by {@link At.Name} must tell it
     */
    record Gone(At at, boolean directory, @Nullable InodeId inode) implements Change {}

    /**
     * A directory got another place, and so did everything below it, of which no change tells.
     *
     * @param directory found where it is now by its identity
     * @param from where it was; null where that was outside the tree
     */
    record Moved(InodeId directory, @Nullable At from) implements Change {}

    /** Changes at or below this directory may be missing; the root for "anything may have changed". */
    record Lost(RawPath below) implements Change {}
}
