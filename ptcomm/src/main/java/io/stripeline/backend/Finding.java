package io.stripeline.backend;

import io.stripeline.Volume;
import io.stripeline.change.At;
import io.stripeline.change.Change;
import io.stripeline.change.ChangeSource;
import io.stripeline.change.Cursor;
import io.stripeline.change.Past;
import io.stripeline.change.Settle;
import io.stripeline.change.Settled;
import io.stripeline.flow.Base;
import io.stripeline.flow.Item;
import io.stripeline.flow.Job;
import io.stripeline.inode.Inode;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.PosixException;
import io.stripeline.ptcomm.cursor.CursorWriter;
import io.stripeline.ptcomm.cursor.SourceRecord;
import io.stripeline.scan.ScanSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * How what has to be sent of one tree is found: by a walk, or by the changes that its filesystem tells. Changes are asked
 * for where the base job left a position; where some were lost, a walk finds what they cover.
 */
final class Finding {
    /**
     * What was found.
     *
     * @param gone names that are not there any more; none where the plugin takes none
     * @param rows what is there and may have changed
     * @param base judges the rows
     */
    record Found(Flux<Item> gone, Flux<InodeBatch> rows, Base base) {}

    private final OpenTrees.Tree tree;
    private final Bases bases;
    private final JobLog log;
    private final @Nullable ChangeSource source;
    /** Before anything is looked at: what changes from now on is the next job's. */
    private final @Nullable Cursor until;

    private final @Nullable SourceRecord record;
    private final @Nullable Cursor from;
    private final String how;
    private volatile boolean keepsTheRest;
    private volatile boolean moved;
    private volatile boolean lostAll;
    private volatile boolean walked = true;

    private Finding(
            OpenTrees.Tree tree,
            Bases bases,
            JobLog log,
            @Nullable ChangeSource source,
            @Nullable Cursor until,
            @Nullable SourceRecord record,
            String whyNot,
            @Nullable String everything) {
        this.tree = tree;
        this.bases = bases;
        this.log = log;
        this.source = source;
        this.until = until;
        this.record = record;
        this.from = record == null
                ? null
                : record.cursor(tree.path(), tree.volume().fileSystemId()).orElse(null);
        this.how = everything != null
                ? everything
                : from != null
                        ? "what its log tells to have changed since " + bases.since()
                        : source == null || bases.isFull()
                                ? bases.why()
                                : bases.why() + ", since "
                                        + (record != null
                                                ? "the base job left no position in the log of changes"
                                                : whyNot);
    }

    /**
     * Asks where the changes of the tree stand.
     *
     * @param known of the tree
     * @param cursor keeps that for the next job; null where none is kept
     */
    static Finding of(
            OpenTrees.Tree tree,
            Bases bases,
            Bases.OfTree known,
            JobOptions.Incremental wanted,
            @Nullable CursorWriter cursor,
            JobLog log)
            throws IOException {
        ChangeSource source = tree.volume().changes().orElse(null);
        Cursor until = null;
        try {
            until = source == null
                    ? null
                    : cursor == null
                            ? source.now()
                            : cursor.source(tree.path(), tree.volume().fileSystemId(), source::now);
        } catch (PosixException failed) {
            log.warn("path=" + tree.path() + ": the log of changes cannot be asked (" + failed.getMessage()
                    + "): this job and the next one go by a scan");
            source = null;
        } catch (IOException failed) {
            log.warn("path=" + tree.path() + ": where the log of changes stands cannot be kept (" + failed.getMessage()
                    + "): this job and the next one go by a scan");
            source = null;
        }
        if (source == null || bases.isFull() || known.everything() != null) {
            return new Finding(tree, bases, log, source, until, null, "", known.everything());
        }
        if (wanted == JobOptions.Incremental.TIME) {
            return new Finding(tree, bases, log, source, until, null, "incremental=time is set", null);
        }
        if (bases.isAccurate() && !bases.answersUnasked()) {
            return new Finding(
                    tree,
                    bases,
                    log,
                    source,
                    until,
                    null,
                    "the plugin takes no answers of an accurate job unasked",
                    null);
        }
        Optional<SourceRecord> record = bases.changes();
        return new Finding(
                tree,
                bases,
                log,
                source,
                until,
                record.orElse(null),
                "the base job left no position in a log of changes",
                null);
    }

    /** For the job's log: what is sent and why. */
    String how() {
        return how;
    }

    /** After the end, true where the catalog's names that nobody spoke of are still there. */
    boolean keepsTheRest() {
        return keepsTheRest;
    }

    /** After the end, true where each directory of the tree was entered. */
    boolean hasWalked() {
        return walked;
    }

    /** After the end, true where a directory got another place, so that older knowledge of places is void. */
    boolean hasMoved() {
        return moved;
    }

    /** What to walk and look at, as far as each directory is entered or not. */
    interface Spec {
        ScanSpec of(boolean walks);
    }

    /**
     * Gives what {@code body} makes of what was found. Cold.
     *
     * @param base of the base job's times
     * @param spill directory for what does not fit into memory
     */
    <T> Flux<T> find(Spec spec, Base base, Path spill, Job job, Function<Found, Flux<T>> body) {
        ChangeSource asked = source;
        Cursor begin = from;
        Cursor end = until;
        SourceRecord last = record;
        if (asked == null || begin == null || end == null || last == null) {
            return body.apply(walk(spec, base, job));
        }
        Flux<Change> told = asked.since(begin, end).doOnNext(this::note);
        // what is tried again comes last, so that it does not hide where a directory was first
        return Settle.changes(
                Flux.concat(told, again(last, asked)),
                asked,
                Past.NONE,
                spill,
                settled -> bases.isAccurate()
                        ? settled.tellsAllGone()
                                .flatMapMany(all -> body.apply(accurately(settled, all, spec, base, job)))
                        : body.apply(changed(settled, spec, base, job)));
    }

    private void note(Change change) {
        moved |= change instanceof Change.Moved;
        lostAll |= change instanceof Change.Lost lost && lost.below().isRoot();
    }

    /** The catalog's names that nobody speaks of are kept: that is right only where all that is gone is told. */
    private Found accurately(Settled settled, boolean tellsAll, Spec spec, Base base, Job job) {
        if (!tellsAll) {
            log.warn("path=" + tree.path() + ": the log of changes does not tell all since the base job"
                    + (settled.hasLost() ? "" : ", since a directory was renamed and another one is in its place")
                    + ": everything is found by a scan and compared with the catalog");
            return walk(spec, base, job);
        }
        keepsTheRest = true;
        return changed(settled, spec, base, job);
    }

    private Found changed(Settled settled, Spec spec, Base base, Job job) {
        if (settled.hasLost()) {
            log.warn("path=" + tree.path() + ": the log of changes does not tell all since the base job: "
                    + (lostAll ? "what changed is found by a scan" : "what it may have lost is found by a scan"));
        }
        walked = lostAll;
        ScanSpec looked = spec.of(walked);
        Volume volume = tree.volume();
        return new Found(
                bases.answersUnasked() ? settled.gone(volume, looked, job) : Flux.empty(),
                settled.rows(volume, looked, job),
                settled.base(base));
    }

    private Found walk(Spec spec, Base base, Job job) {
        walked = true;
        return new Found(Flux.empty(), tree.volume().scan(spec.of(true), job), base);
    }

    /**
     * What the base job could not read, or saw changing: as if it had changed since. A directory is as if it had come from
     * elsewhere: all below it is sent.
     */
    private Flux<Change> again(SourceRecord last, ChangeSource asked) {
        return last.again().filter(tree.path()::contains).map(path -> {
            RawPath below = below(path);
            Inode inode = lookAt(below, asked);
            return inode != null && inode.isDirectory()
                    ? new Change.Moved(inode.id(), null)
                    : new Change.Named(new At.Path(below));
        });
    }

    /** Null also where that cannot be told: whoever looks next says so. */
    private static @Nullable Inode lookAt(RawPath path, ChangeSource asked) {
        try {
            return asked.inode(path);
        } catch (PosixException failed) {
            return null;
        }
    }

    private RawPath below(RawPath path) {
        byte[] all = path.toBytes();
        int from = tree.path().length() == 1 ? 1 : tree.path().length() + 1;
        return from >= all.length ? RawPath.ROOT : RawPath.of(Arrays.copyOfRange(all, from, all.length));
    }
}
