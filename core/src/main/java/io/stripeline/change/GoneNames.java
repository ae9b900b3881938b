package io.stripeline.change;

import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.inode.Inode;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.PosixException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;

/** Finds the names of the past that are not there any more. */
final class GoneNames {
    private final Settled settled;
    private final Job job;

    GoneNames(Settled settled, Job job) {
        this.settled = settled;
        this.job = job;
    }

    Flux<Item> items() {
        return Flux.concat(
                settled.eachChange(this::named), settled.some(tops().concatMap(settled.past::below, 1), this::below));
    }

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
            job.problems()
                    .add(new Problem(
                            RawPath.ROOT,
                            Problem.Severity.WARNING,
                            "name that is gone",
                            "Something was removed, and where it was cannot be told (" + failed.getMessage()
                                    + "): earlier backups keep its name until the next full backup"));
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
        if (change instanceof Change.Lost lost) {
            warn(lost.below(), "changes below it were lost");
            return Set.of(lost.below());
        }
        if (change instanceof Change.Moved moved && moved.from() != null) {
            RawPath was = settled.past.directory(moved.directory());
            if (settled.past == Past.NONE) {
                warn(settled.where.of(moved.from()).stream().findFirst().orElse(RawPath.ROOT), "it was renamed");
            }
            return was == null ? Set.of() : Set.of(was);
        }
        return Set.of();
    }

    private void warn(RawPath directory, String why) {
        if (settled.past == Past.NONE) {
            job.problems()
                    .add(new Problem(
                            directory,
                            Problem.Severity.WARNING,
                            "names below " + why,
                            directory + ": " + why + ", and no earlier snapshot tells what was below: names that are"
                                    + " gone from there stay in earlier backups until the next full backup"));
        }
    }
}
