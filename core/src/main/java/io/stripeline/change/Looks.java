package io.stripeline.change;

import io.stripeline.inode.Dir;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.inode.ScanFailure;
import io.stripeline.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Looks at what some changes name, and makes rows of what is there now. Of one thread. */
final class Looks {
    private final ChangeSource source;
    private final Whereabouts where;
    private final Predicate<RawPath> wanted;
    private final List<InodeBatch> batches = new ArrayList<>();
    private InodeBatch batch = new InodeBatch();
    private RawPath lastParent = RawPath.ROOT;
    private Dir lastDir = Dir.root();

    /** @param wanted asked once about each path that is there; false where it has a row already */
    Looks(ChangeSource source, Whereabouts where, Predicate<RawPath> wanted) {
        this.source = source;
        this.where = where;
        this.wanted = wanted;
    }

    List<InodeBatch> at(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.Touched touched) {
                inode(touched.inode());
            } else if (change instanceof Change.Named named) {
                place(named.at());
            } else if (change instanceof Change.Gone gone) {
                place(gone.at());
            } else if (change instanceof Change.Moved moved && moved.from() != null) {
                place(moved.from());
            }
        }
        flush();
        return batches;
    }

    private void inode(InodeId id) {
        try {
            for (RawPath path : source.paths(id)) {
                Inode inode = look(path);
                // another inode's name by now: that one has changes of its own
                if (inode != null && inode.id().equals(id)) {
                    row(path, inode);
                }
            }
        } catch (PosixException failed) {
            fail(RawPath.ROOT, failed);
        }
    }

    private void place(At at) {
        try {
            for (RawPath path : where.of(at)) {
                Inode inode = look(path);
                if (inode != null && inode.isHardLinked()) {
                    inode(inode.id());
                } else if (inode != null) {
                    row(path, inode);
                }
            }
        } catch (PosixException failed) {
            fail(RawPath.ROOT, failed);
        }
    }

    private @org.jspecify.annotations.Nullable Inode look(RawPath path) {
        try {
            return source.inode(path);
        } catch (PosixException failed) {
            fail(path, failed);
            return null;
        }
    }

    private void row(RawPath path, Inode inode) {
        if (wanted.test(path)) {
            batch.add(dir(path.parent()), path.name(), inode);
            if (batch.isFull()) {
                flush();
            }
        }
    }

    private Dir dir(RawPath path) {
        if (!path.equals(lastParent)) {
            lastParent = path;
            lastDir = Dir.of(path);
        }
        return lastDir;
    }

    private void fail(RawPath path, PosixException cause) {
        batch.addFailure(new ScanFailure(dir(path.parent()), path.name(), cause));
    }

    private void flush() {
        if (batch.size() > 0 || !batch.failures().isEmpty()) {
            batches.add(batch);
            batch = new InodeBatch();
        }
    }
}
