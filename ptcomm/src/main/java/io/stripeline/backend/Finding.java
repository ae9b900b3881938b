package io.stripeline.backend;

import io.stripeline.Volume;
import io.stripeline.change.At;
import io.stripeline.change.Change;
import io.stripeline.change.ChangeSource;
import io.stripeline.change.Cursor;
import io.stripeline.change.Past;
import io.stripeline.change.Settle;
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
import java.util.List;
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
     * @param gone names that are not there any more
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

    private Finding(
            OpenTrees.Tree tree,
            Bases bases,
            JobLog log,
            @Nullable ChangeSource source,
            @Nullable Cursor until,
            @Nullable SourceRecord record,
            String whyNot) {
        this.tree = tree;
        this.bases = bases;
        this.log = log;
        this.source = source;
        this.until = until;
        this.record = record;
        this.from = record == null
                ? null
                : record.cursor(tree.path(), tree.volume().fileSystemId()).orElse(null);
        this.how = from != null
                ? "what its log tells to have changed since " + bases.since()
                : source == null || bases.isFull()
                        ? bases.why()
                        : bases.why() + ", since "
                                + (record != null ? "the base job left no position in the log of changes" : whyNot);
    }

    /** Asks where the changes of the tree stand. */
    static Finding of(OpenTrees.Tree tree, Bases bases, JobOptions.Incremental wanted, JobLog log) throws IOException {
        ChangeSource source = tree.volume().changes().orElse(null);
        Cursor until = null;
        try {
            until = source == null ? null : source.now();
        } catch (PosixException failed) {
            log.warn("path=" + tree.path() + ": the log of changes cannot be asked (" + failed.getMessage()
                    + "): this job and the next one go by a scan");
            source = null;
        }
        if (source == null || bases.isFull()) {
            return new Finding(tree, bases, log, source, until, null, "");
        }
        if (wanted == JobOptions.Incremental.TIME) {
            return new Finding(tree, bases, log, source, until, null, "incremental=time is set");
        }
        if (bases.isAccurate() && !bases.answersUnasked()) {
            return new Finding(
                    tree, bases, log, source, until, null, "the plugin takes no answers of an accurate job unasked");
        }
        Optional<SourceRecord> record = bases.changes();
        return new Finding(
                tree,
                bases,
                log,
                source,
                until,
                record.orElse(null),
                "the base job left no position in a log of changes");
    }

    /** For the next job: where this one begins. */
    void keepPosition(@Nullable CursorWriter cursor) throws IOException {
        if (cursor != null && until != null) {
            cursor.source(tree.path(), tree.volume().fileSystemId(), until);
        }
    }

    /** For the job's log: what is sent and why. */
    String how() {
        return how;
    }

    /** After the end, true where the catalog's names that nobody spoke of are still there. */
    boolean keepsTheRest() {
        return keepsTheRest;
    }

    /**
     * Gives what {@code body} makes of what was found. Cold.
     *
     * @param base of the base job's times
     * @param spill directory for what does not fit into memory
     */
    <T> Flux<T> find(ScanSpec spec, Base base, Path spill, Job job, Function<Found, Flux<T>> body) {
        Volume volume = tree.volume();
        ChangeSource asked = source;
        Cursor begin = from;
        Cursor end = until;
        SourceRecord last = record;
        if (asked == null || begin == null || end == null || last == null) {
            return body.apply(walk(spec, base, job));
        }
        return Settle.changes(
                Flux.concat(again(last, asked), asked.since(begin, end)), asked, Past.NONE, spill, settled -> {
                    if (settled.hasLost()) {
                        log.warn("path=" + tree.path() + ": the log of changes does not tell all since the base job: "
                                + (bases.isAccurate() ? "everything" : "what it may have lost")
                                + " is found by a scan");
                    }
                    if (settled.hasLost() && bases.isAccurate()) {
                        return body.apply(walk(spec, base, job));
                    }
                    keepsTheRest = bases.isAccurate();
                    return body.apply(new Found(
                            settled.gone(volume, spec, job), settled.rows(volume, spec, job), settled.base(base)));
                });
    }

    private Found walk(ScanSpec spec, Base base, Job job) {
        return new Found(Flux.empty(), tree.volume().scan(spec, job), base);
    }

    /** What the base job could not read, or saw changing: as if it had changed since; below a directory all of it. */
    private Flux<Change> again(SourceRecord last, ChangeSource asked) {
        return last.again()
                .filter(tree.path()::contains)
                .concatMapIterable(
                        path -> {
                            RawPath below = below(path);
                            Inode inode = asked.inode(below);
                            Change named = new Change.Named(new At.Path(below));
                            return inode != null && inode.isDirectory()
                                    ? List.of(named, new Change.Lost(below))
                                    : List.of(named);
                        },
                        1);
    }

    private RawPath below(RawPath path) {
        byte[] all = path.toBytes();
        int from = tree.path().length() == 1 ? 1 : tree.path().length() + 1;
        return from >= all.length ? RawPath.ROOT : RawPath.of(Arrays.copyOfRange(all, from, all.length));
    }
}
