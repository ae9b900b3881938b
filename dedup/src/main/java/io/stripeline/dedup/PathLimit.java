package io.stripeline.dedup;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.Dir;
import io.stripeline.inode.Entry;
import io.stripeline.inode.RawPath;
import io.stripeline.snapshot.SnapshotWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is too deep to be kept. A directory whose path is longer than a snapshot holds is one failed entry, reported when
 * its own row comes; what is below it is passed over. One thread.
 */
final class PathLimit {
    /** Bytes of a path that a message shows: what the kernel takes, so that people can go there. */
    private static final int SHOWN_BYTES = 4000;

    private final Job job;
    private @Nullable Dir last;
    private boolean lastHeld;

    PathLimit(Job job) {
        this.job = job;
    }

    /** True where rows of the directory can be kept. */
    boolean holds(Dir dir) {
        if (dir != last) {
            last = dir;
            lastHeld = SnapshotWriter.holds(dir);
        }
        return lastHeld;
    }

    /** True for a directory whose own row can be kept, but none of what is in it. */
    boolean isTop(Entry entry) {
        return entry.inode().isDirectory()
                && entry.name().length > 0
                && holds(entry.dir())
                && !SnapshotWriter.holds(entry.dir().child(entry.name()));
    }

    /** The directory itself, or the deepest one above it whose rows can be kept. */
    Dir held(Dir dir) {
        Dir at = dir;
        while (!SnapshotWriter.holds(at)) {
            at = Objects.requireNonNull(at.parent());
        }
        return at;
    }

    /** True where a path is of a row that can be kept. */
    boolean holds(RawPath path) {
        return path.parent().length() <= SnapshotWriter.MAX_DIRECTORY_BYTES;
    }

    void reportTop(Entry entry) {
        report(
                entry,
                ": its path is longer than the " + SnapshotWriter.MAX_DIRECTORY_BYTES
                        + " bytes of a snapshot, so nothing in it is backed up. Move it further up, or back up a directory"
                        + " above it as a tree of its own: paths count from its root");
    }

    void reportLink(Entry entry) {
        report(
                entry,
                ": not backed up, since it is another name of a file that was read under a path longer than the "
                        + SnapshotWriter.MAX_DIRECTORY_BYTES
                        + " bytes of a snapshot. Move that one further up, or leave its directory out (--exclude)");
    }

    private void report(Entry entry, String why) {
        Dir shown = entry.dir();
        for (long length = shown.path().length(); length > SHOWN_BYTES; ) {
            length -= shown.name().length + 1L;
            shown = Objects.requireNonNull(shown.parent());
        }
        String name = RawPath.printable(entry.name());
        String deeper = shown == entry.dir()
                ? shown.path(entry.name()).toString()
                : name + ", " + (entry.dir().depth() + 1 - shown.depth()) + " levels below " + shown.path();
        job.progress().add(Counter.FAILED, 1);
        job.problems()
                .add(new Problem(
                        shown == entry.dir() ? shown.path(entry.name()) : shown.path(),
                        Problem.Severity.ERROR,
                        "path too long",
                        deeper + why));
    }
}
