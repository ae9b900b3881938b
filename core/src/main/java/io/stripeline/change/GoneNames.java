package io.stripeline.change;

import io.stripeline.Volume;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress;
import io.stripeline.inode.Dir;
import io.stripeline.inode.FileType;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.PosixException;
import io.stripeline.scan.ScanSpec;
import io.stripeline.scan.Selected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;

/** Finds the names of the past that are not there any more. */
final class GoneNames {
    private final Settled settled;
    private final Volume volume;
    private final ScanSpec spec;
    private final Job job;

    GoneNames(Settled settled, Volume volume, ScanSpec spec, Job job) {
        this.settled = settled;
        this.volume = volume;
        this.spec = spec;
        this.job = job;
    }

    Flux<Item> items() {
        return Flux.concat(
                settled.eachChange(this::named),
                settled.past == Past.NONE ? takenAlong() : Flux.empty(),
                settled.some(tops().concatMap(settled.past::below, 1), this::below));
    }

    // ---- below renamed directories, of which nothing tells what was there

    /** What is below a renamed directory now and is not where it was then. What was removed has changes of its own. */
    private Flux<Item> takenAlong() {
        return Flux.concat(settled.eachChange(this::findMoved), Flux.defer(this::walk));
    }

    private List<Item> findMoved(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.Moved moved) {
                try {
                    settled.source.paths(moved.directory()).forEach(settled.moved::add);
                } catch (PosixException failed) {
                    untold(failed);
                }
            }
        }
        return List.of();
    }

    private Flux<Item> walk() {
        if (settled.moved.isEmpty()) {
            return Flux.empty();
        }
        ScanSpec below = ScanSpec.all()
                .oneFileSystem(spec.oneFileSystem())
                .workers(spec.workers())
                .gate(settled.moved.gate(settled.moved, null, new Progress()));
        Job aside = new Job(new Progress(), job.problems(), job.clock());
        return settled.each(volume.scan(below, aside).map(List::of), batches -> {
            List<Item> out = new ArrayList<>();
            batches.forEach(batch -> takenAlong(batch, out));
            return out;
        });
    }

    private void takenAlong(InodeBatch batch, List<Item> out) {
        Subtrees.Rows moved = settled.moved.rows();
        Dir last = null;
        Set<RawPath> places = Set.of();
        for (int row = 0; row < batch.size(); row++) {
            RawPath path = batch.path(row);
            if (path.isRoot() || !moved.covers(batch, row)) {
                continue;
            }
            if (batch.dir(row) != last) {
                last = batch.dir(row);
                places = places(path.parent());
            }
            boolean directory = FileType.of(batch.mode(row)) == FileType.DIRECTORY;
            for (RawPath place : places) {
                check(place.child(path.name()), directory, out);
            }
        }
    }

    private Set<RawPath> places(RawPath directory) {
        try {
            Inode inode = settled.source.inode(directory);
            return inode == null ? Set.of() : settled.where.directory(inode.id());
        } catch (PosixException failed) {
            untold(failed);
            return Set.of();
        }
    }

    private void untold(PosixException failed) {
        job.problems()
                .add(new Problem(
                        RawPath.ROOT,
                        Problem.Severity.WARNING,
                        "name that is gone",
                        "Something was removed or renamed, and where it was cannot be told (" + failed.getMessage()
                                + "): earlier backups keep its name until the next full backup"));
    }

    // ---- names that changes tell

    private List<Item> named(List<Change> changes) {
        List<Item> out = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Change.Gone gone) {
                check(gone.at(), gone.directory(), out);
            } else if (change instanceof Change.Moved moved && moved.from() != null) {
                check(moved.from(), true, out);
            }
        }
        return out;
    }

    private void check(At at, boolean directory, List<Item> out) {
        try {
            settled.where.of(at).forEach(path -> check(path, directory, out));
        } catch (PosixException failed) {
            untold(failed);
        }
    }

    private List<Item> below(List<Past.Name> names) {
        List<Item> out = new ArrayList<>();
        names.forEach(name -> check(name.path(), name.directory(), out));
        return out;
    }

    /** What is there as something else than it was is gone: a directory's name is another one to a backup server. */
    private void check(RawPath path, boolean directory, List<Item> out) {
        try {
            if (!Selected.mayHold(spec, path, directory)) {
                return;
            }
            Inode inode = settled.source.inode(path);
            if ((inode == null || inode.isDirectory() != directory) && settled.told.add(key(path, directory))) {
                out.add(new Item.Gone(path, directory));
            }
        } catch (PosixException failed) {
            job.problems()
                    .add(new Problem(
                            path,
                            Problem.Severity.WARNING,
                            failed.operation() + ": " + failed.errnoName(),
                            failed.getMessage()
                                    + "; whether it was removed is not known, so earlier backups keep its name"
                                    + " until the next full backup"));
        }
    }

    private static byte[] key(RawPath path, boolean directory) {
        byte[] bytes = path.toBytes();
        byte[] key = Arrays.copyOf(bytes, bytes.length + 1);
        key[bytes.length] = (byte) (directory ? '/' : 0);
        return key;
    }

    /** Directories of the past whose names may all be gone. */
    private Flux<RawPath> tops() {
        return settled.changes().concatMapIterable(this::top, 1);
    }

    private Set<RawPath> top(Change change) {
        try {
            return topOf(change);
        } catch (PosixException failed) {
            untold(failed);
            return Set.of();
        }
    }

    private Set<RawPath> topOf(Change change) {
        if (change instanceof Change.Lost lost) {
            warn(lost.below(), "changes below it were lost");
            return Set.of(lost.below());
        }
        if (change instanceof Change.Moved moved && moved.from() != null) {
            RawPath was = settled.past.directory(moved.directory());
            if (settled.hasPaths()) {
                warn(place(moved.from()), "it was renamed, and its log tells paths only");
            } else if (leftTheTree(settled, moved.directory())) {
                warn(place(moved.from()), "it left the tree with all that was in it");
            }
            return was == null ? Set.of() : Set.of(was);
        }
        return Set.of();
    }

    private RawPath place(At at) {
        return settled.where.of(at).stream().findFirst().orElse(RawPath.ROOT);
    }

    /** True where a directory has no place any more, and nobody told that it was removed with all below it. */
    private static boolean leftTheTree(Settled settled, InodeId directory) {
        return settled.source.paths(directory).isEmpty() && !settled.where.wasRemoved(directory);
    }

    /** True where a directory stands in the place of one of which nobody can tell what it took along; true in doubt. */
    static boolean hidesNames(Settled settled, List<Change> changes) {
        if (settled.past != Past.NONE) {
            return false;
        }
        try {
            for (Change change : changes) {
                if (change instanceof Change.Moved moved
                        && moved.from() != null
                        && (settled.hasPaths() || leftTheTree(settled, moved.directory()))
                        && settled.where.of(moved.from()).stream().anyMatch(at -> isDirectory(settled, at))) {
                    return true;
                }
            }
            return false;
        } catch (PosixException unknown) {
            return true;
        }
    }

    private static boolean isDirectory(Settled settled, RawPath path) {
        Inode inode = settled.source.inode(path);
        return inode != null && inode.isDirectory();
    }

    private void warn(RawPath directory, String why) {
        if (settled.past == Past.NONE) {
            job.problems()
                    .add(new Problem(
                            directory,
                            Problem.Severity.WARNING,
                            "names below " + why,
                            (directory.isRoot() ? "The tree" : directory.toString()) + ": " + why
                                    + ", and no earlier snapshot tells what was there: names that are gone from there may"
                                    + " stay in earlier backups until the next full backup"));
        }
    }
}
